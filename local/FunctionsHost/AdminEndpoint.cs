using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Local.FunctionsHost;

/// <summary><see href="https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http">Runs functions by hand</see>.</summary>
/// <param name="functions">The functions of the worker.</param>
/// <param name="timers">Its timers.</param>
internal sealed class AdminEndpoint(Func<IReadOnlyList<Function>> functions, Func<IReadOnlyList<TimerLoop>> timers)
{
    /// <summary>Answers <c>POST /admin/functions/{name}</c>.</summary>
    public async Task RunAsync(HttpContext context)
    {
        var name = (string)context.GetRouteValue("name")!;
        if (timers().FirstOrDefault(timer => timer.Function.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } timer)
        {
            var exists = functions().Any(function => function.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            context.Response.StatusCode = exists ? StatusCodes.Status501NotImplemented : StatusCodes.Status404NotFound;
            await context.Response.WriteAsync(exists ? "The local host runs timer functions by hand, no others." : "There is no such function.");
            return;
        }

        try
        {
            var body = await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body, cancellationToken: context.RequestAborted);
            _ = timer.TickAsync((string?)body?["input"]);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }
}
