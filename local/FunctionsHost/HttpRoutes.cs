using System.Collections.Immutable;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Primitives;

namespace BlokSec.Local.FunctionsHost;

/// <summary>The routes of the functions that the worker has.</summary>
/// <param name="prefix">First part of every path; empty for none.</param>
/// <param name="run">Runs a function.</param>
internal sealed class HttpRoutes(string prefix, Func<HttpContext, HttpFunction, Task> run) : EndpointDataSource, IDisposable
{
    private ImmutableArray<Endpoint> endpoints = [];
    private CancellationTokenSource changed = new();

    public override IReadOnlyList<Endpoint> Endpoints => endpoints;

    public override IChangeToken GetChangeToken() => new CancellationChangeToken(changed.Token);

    /// <summary>Puts the routes of these functions in place of the earlier ones.</summary>
    public void Set(IEnumerable<HttpFunction> functions)
    {
        endpoints = [.. functions.Select(Endpoint)];
        using var earlier = Interlocked.Exchange(ref changed, new CancellationTokenSource());
        earlier.Cancel();
    }

    public void Dispose() => changed.Dispose();

    private Endpoint Endpoint(HttpFunction function)
    {
        var pattern = RoutePatternFactory.Parse($"/{prefix}/{function.Route}".Replace("//", "/", StringComparison.Ordinal));
        var endpoint = new RouteEndpointBuilder(context => run(context, function), pattern, order: 0) { DisplayName = function.Name };
        if (!function.Methods.IsEmpty)
        {
            endpoint.Metadata.Add(new HttpMethodMetadata(function.Methods));
        }

        return endpoint.Build();
    }
}
