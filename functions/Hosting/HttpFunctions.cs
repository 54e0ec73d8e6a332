using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// Runs HTTP functions through ASP.NET Core's pipeline. The worker's integration gives the <see cref="HttpContext"/> that the host
/// proxied, but has no place for authentication, authorization and the like per function (azure-functions-dotnet-worker, issues 856 and
/// 1725): so the pipeline runs here, and the endpoint at its end is the function.
/// </summary>
internal sealed class HttpFunctions(IServiceProvider services, IHttpContextAccessor accessor) : IFunctionsWorkerMiddleware
{
    private readonly ConcurrentDictionary<string, RouteEndpoint> endpoints = new(StringComparer.Ordinal);
    private readonly RequestDelegate pipeline = HttpPipeline.Build(services);

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        // What follows belongs to the request's span, not to that of the host's call.
        Activity.Current = http.Features.Get<IHttpActivityFeature>()?.Activity;
        http.SetEndpoint(endpoints.GetOrAdd(
            context.FunctionDefinition.Id,
            static (_, state) => FunctionEndpoint.Of(FunctionMethods.Of(state.FunctionDefinition), state.Services),
            (context.FunctionDefinition, Services: services)));
        accessor.HttpContext = http;
        try
        {
            await pipeline(http);

            // What runs as the answer starts may still ask for services of this call, whose scope ends with the function.
            await http.Response.CompleteAsync();
        }
        finally
        {
            accessor.HttpContext = null;
        }
    }
}
