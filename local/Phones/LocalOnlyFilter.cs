using System.Net;

namespace BlokSec.Local.Phones;

/// <summary>
/// Refuses whoever is not on this machine, and also web pages from elsewhere that a browser on this machine shows: those come with a
/// foreign <c>Origin</c>, or with a name of their own that was made to point here.
/// </summary>
internal sealed class LocalOnlyFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var origin = http.Request.Headers.Origin.ToString();
        var local = (http.Connection.RemoteIpAddress is null || IPAddress.IsLoopback(http.Connection.RemoteIpAddress))
            && IsLocal(http.Request.Host.Host)
            && (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.IsLoopback));
        return local
            ? next(context)
            : ValueTask.FromResult<object?>(TypedResults.Problem("Phones are controlled from this machine only.", statusCode: 403));
    }

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
