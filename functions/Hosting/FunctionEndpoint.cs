using System.Reflection;
using BlokSec.Functions.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing.Patterns;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// An HTTP function as an endpoint of ASP.NET Core: parameters bind as in minimal APIs, and the attributes of its method are metadata
/// that any middleware understands.
/// </summary>
internal static class FunctionEndpoint
{
    private static readonly RequestTimeoutPolicy Deadline = new()
    {
        Timeout = RequestLimits.Deadline,
        TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
        WriteTimeoutResponse = ProblemHandler.WriteUnavailableAsync,
    };

    /// <summary>The endpoint of a function.</summary>
    public static RouteEndpoint Of(MethodInfo function, IServiceProvider services)
    {
        var pattern = PatternOf(function);

        // Compiled at the first call that gets this far, for which neither a start nor a 401 has to wait.
        var run = new Lazy<RequestDelegate>(() =>
        {
            var options = Options(function, pattern, services);
            return RequestDelegateFactory.Create(
                function, TargetOf(function), options, RequestDelegateFactory.InferMetadata(function, options)).RequestDelegate;
        });
        return Build(function, pattern, context => run.Value(context), []);
    }

    /// <summary>The endpoint together with what is found out about its parameters and answers: what the OpenAPI document tells.</summary>
    public static RouteEndpoint Described(MethodInfo function, IServiceProvider services)
    {
        var pattern = PatternOf(function);
        var options = Options(function, pattern, services);
        RequestDelegateFactory.InferMetadata(function, options);
        return Build(function, pattern, _ => Task.CompletedTask, options.EndpointBuilder!.Metadata);
    }

    private static RoutePattern PatternOf(MethodInfo function) =>
        RoutePatternFactory.Parse($"/{FunctionRoutes.PathOf(FunctionMethods.TriggerOf<HttpTriggerAttribute>(function)!.Route!)}");

    private static RouteEndpoint Build(MethodInfo function, RoutePattern pattern, RequestDelegate run, IEnumerable<object> more)
    {
        var name = FunctionMethods.NameOf(function);
        var endpoint = new RouteEndpointBuilder(run, pattern, order: 0) { DisplayName = name };
        object[] known =
        [
            function,
            new EndpointNameMetadata(name),
            new HttpMethodMetadata(FunctionMethods.TriggerOf<HttpTriggerAttribute>(function)!.Methods!.Select(method => method.ToUpperInvariant())),
            Deadline,
            .. function.GetCustomAttributes(inherit: false),
        ];
        foreach (var item in known.Concat(more))
        {
            endpoint.Metadata.Add(item);
        }

        return (RouteEndpoint)endpoint.Build();
    }

    private static RequestDelegateFactoryOptions Options(MethodInfo function, RoutePattern pattern, IServiceProvider services)
    {
        var endpoint = new RouteEndpointBuilder(requestDelegate: null, pattern, order: 0);
        endpoint.FilterFactories.Add((_, next) => context => RouteIds.FilterAsync(context, next));
        endpoint.FilterFactories.Add((_, next) => RequestValidation.Create(function, next));
        return new RequestDelegateFactoryOptions
        {
            ServiceProvider = services,
            RouteParameterNames = pattern.Parameters.Select(parameter => parameter.Name),
            ThrowOnBadRequest = true,
            EndpointBuilder = endpoint,
        };
    }

    private static Func<HttpContext, object>? TargetOf(MethodInfo function)
    {
        if (function.IsStatic)
        {
            return null;
        }

        var create = ActivatorUtilities.CreateFactory(function.DeclaringType!, []);
        return context => create(context.RequestServices, null);
    }
}
