using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Faults;
using BlokSec.Local.Push;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.EventGrid;

/// <summary>
/// A custom topic of Event Grid for CloudEvents 1.0 on loopback: it takes batches of whoever has the access key or a token of the managed identity, and
/// keeps the newest of what came. It delivers to nobody.
/// </summary>
internal sealed class EventGridStandIn : IAsyncDisposable
{
    /// <summary>What clients ask the managed identity for.</summary>
    public const string Resource = "https://eventgrid.azure.net";

    private const string Name = "eventgrid";

    private const string Path = "/api/events";

    private const string Version = "2018-01-01";

    private const string Batches = "application/cloudevents-batch+json";

    /// <summary>Bytes of a request.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>Events that are kept.</summary>
    private const int Kept = 10_000;

    private readonly ConcurrentQueue<JsonElement> events = new();
    private readonly Func<string, Task<bool>> isTokenAccepted;
    private readonly string key;
    private StandIn? server;

    private EventGridStandIn(string key, Func<string, Task<bool>> isTokenAccepted) => (this.key, this.isTokenAccepted) = (key, isTokenAccepted);

    /// <summary>The topic's endpoint.</summary>
    public Uri Endpoint => new(server!.Address, Path);

    /// <summary>The events that came, oldest first.</summary>
    public IReadOnlyList<JsonElement> Events => [.. events];

    /// <summary>Starts it.</summary>
    /// <param name="port">The port of 127.0.0.1; 0 for any that is free.</param>
    /// <param name="key">The topic's access key.</param>
    /// <param name="isTokenAccepted">Whether a token of the managed identity is good for <see cref="Resource"/>.</param>
    /// <param name="traffic">Sees each request, and says what goes wrong.</param>
    public static async Task<EventGridStandIn> StartAsync(int port, string key, Func<string, Task<bool>> isTokenAccepted, Traffic traffic)
    {
        var topic = new EventGridStandIn(key, isTokenAccepted);
        var profile = new FaultProfile(Name, ["publish"], _ => "publish", (context, rule) => RefuseAsync(context, rule.Status!.Value, "Refused by a fault switch."), SearchableAsync);
        topic.server = await StandIn.StartAsync(port, HttpProtocols.Http1, _ => { }, app =>
        {
            app.UseMiddleware<FaultMiddleware>(traffic, profile);
            app.Run(topic.TakeAsync);
        });
        return topic;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path != Path || request.Method != HttpMethods.Post || request.Query["api-version"] != Version)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "There is only the topic here.");
        }
        else if (!await IsAllowedAsync(request))
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "The request carries neither the access key nor a token of the managed identity.");
        }
        else if (request.ContentLength is not { } length || length > MaxBytes)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "The request is larger than 1 MB.");
        }
        else if (Read(request, await RequestBody.ReadAsync(context)) is not { } batch)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The request is no batch of CloudEvents 1.0.");
        }
        else
        {
            Keep(batch);
        }
    }

    private async Task<bool> IsAllowedAsync(HttpRequest request) =>
        request.Headers["aeg-sas-key"] == key
        || (request.Headers.Authorization.ToString() is var header
            && header.StartsWith("Bearer ", StringComparison.Ordinal)
            && await isTokenAccepted(header["Bearer ".Length..]));

    private void Keep(IEnumerable<JsonElement> batch)
    {
        foreach (var one in batch)
        {
            events.Enqueue(one);
        }

        while (events.Count > Kept)
        {
            events.TryDequeue(out _);
        }
    }

    private static JsonElement[]? Read(HttpRequest request, byte[] body)
    {
        try
        {
            return request.ContentType?.StartsWith(Batches, StringComparison.OrdinalIgnoreCase) == true
                && JsonElement.Parse(body) is { ValueKind: JsonValueKind.Array } array
                && array.EnumerateArray().All(IsEvent)
                    ? [.. array.EnumerateArray()]
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What every event has (CloudEvents 1.0, section 3.1), beside <c>specversion</c>.</summary>
    private static readonly string[] Needed = ["id", "source", "type"];

    private static bool IsEvent(JsonElement one) =>
        one.ValueKind == JsonValueKind.Object
        && Text(one, "specversion") == "1.0"
        && Needed.All(name => Text(one, name) is { Length: > 0 })
        && one.EnumerateObject().All(member => member.Name == "data_base64" || member.Name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character)));

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static async ValueTask<string> SearchableAsync(HttpContext context) =>
        context.Request.Path + Encoding.UTF8.GetString(await RequestBody.ReadAsync(context));

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = new { code = $"{status}", message } }, context.RequestAborted);
    }
}
