using System.Text.Json;
using BlokSec.Local.Phones;

namespace BlokSec.Local.DemoApp;

/// <summary>What the page of the demo application asks.</summary>
internal static class DemoAppEndpoints
{
    private const string Cookie = "bloksec-demo-app";
    private const int LongestName = 254;

    /// <summary>Maps <c>/sign-in</c>.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, Attempts attempts)
    {
        endpoints.MapGet("/sign-in", (HttpRequest request) => View(attempts.View(request.Cookies[Cookie])));
        endpoints.MapPost("/sign-in", (HttpContext context, CancellationToken stop) => StartAsync(attempts, context, stop));
        endpoints.MapDelete("/sign-in", async (HttpContext context) =>
        {
            await attempts.EndAsync(context.Request.Cookies[Cookie]);
            context.Response.Cookies.Delete(Cookie);
            return View(AttemptView.None);
        });
    }

    private static async Task<IResult> StartAsync(Attempts attempts, HttpContext context, CancellationToken cancellationToken)
    {
        if (await NameAsync(context.Request, cancellationToken) is not { Length: > 0 and <= LongestName } name)
        {
            return Results.Problem($"Enter a name of 1 to {LongestName} characters.", statusCode: StatusCodes.Status400BadRequest);
        }

        await attempts.EndAsync(context.Request.Cookies[Cookie]);
        var secret = await attempts.StartAsync(
            name, context.Connection.RemoteIpAddress?.ToString(), context.Request.Headers.UserAgent.ToString(), cancellationToken);
        context.Response.Cookies.Append(Cookie, secret, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
        return View(attempts.View(secret));
    }

    private static async Task<string?> NameAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var body = await JsonSerializer.DeserializeAsync<Entered>(request.Body, PhoneJson.Options, cancellationToken);
            return body?.Name.Trim();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IResult View(AttemptView view) => Results.Json(view, PhoneJson.Options);

    /// <summary>What was entered.</summary>
    /// <param name="Name">Who signs in.</param>
    private sealed record Entered(string Name);
}
