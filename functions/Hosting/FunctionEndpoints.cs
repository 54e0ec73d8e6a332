using System.Text.Json;
using BlokSec.Functions.Messaging;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing.Patterns;

namespace BlokSec.Functions.Hosting;

/// <summary>Maps a function: registers its endpoint and, as the endpoint's metadata, its trigger.</summary>
internal static class FunctionEndpoints
{
    /// <summary>A caller gets an answer within this time, whatever hangs behind us.</summary>
    private static readonly RequestTimeoutPolicy Deadline = new()
    {
        Timeout = TimeSpan.FromSeconds(15),
        TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
        WriteTimeoutResponse = ProblemHandler.WriteUnavailableAsync,
    };

    /// <summary>Maps the class's <c>HandleAsync</c> as an HTTP-triggered function at <c>/api/{route}</c>.</summary>
    /// <returns>The endpoint; nobody may call it until it is told who may.</returns>
    public static IEndpointConventionBuilder MapHttp<TFunction>(this IEndpointRouteBuilder app, string method, string route)
        where TFunction : class
    {
        var handler = typeof(TFunction).GetMethod("HandleAsync") ?? throw new InvalidOperationException($"{typeof(TFunction)} has no HandleAsync.");
        var pattern = RoutePatternFactory.Parse($"/api/{route}");
        var endpoint = new RouteEndpointBuilder(requestDelegate: null, pattern, order: 0);
        endpoint.FilterFactories.Add((_, next) => context => RouteIds.FilterAsync(context, next));
        endpoint.FilterFactories.Add((function, next) => RequestValidation.Create(function.MethodInfo, next));
        var options = new RequestDelegateFactoryOptions
        {
            ServiceProvider = app.ServiceProvider,
            RouteParameterNames = pattern.Parameters.Select(parameter => parameter.Name),
            ThrowOnBadRequest = true,
            EndpointBuilder = endpoint,
        };
        var inferred = RequestDelegateFactory.InferMetadata(handler, options);

        // Compiled at the first call of this function: a start compiles none.
        var run = new Lazy<RequestDelegate>(() => RequestDelegateFactory.Create(
            handler, context => context.RequestServices.GetRequiredService<TFunction>(), options, inferred).RequestDelegate);
        var function = typeof(TFunction).Name;
        return app.MapMethods(pattern.RawText!, [method], context => run.Value(context))
            .WithName(function)
            .WithRequestTimeout(Deadline)
            .WithMetadata([handler, .. handler.GetCustomAttributes(inherit: false), .. endpoint.Metadata.Select(OfAnyContentType), new HttpTrigger(function, method, route)]);
    }

    /// <summary>Keeps routing from choosing by content type: a body of another type would meet an unknown address instead of a 415.</summary>
    private static object OfAnyContentType(object metadata) =>
        metadata is IAcceptsMetadata accepts ? new AcceptsMetadata([], accepts.RequestType, accepts.IsOptional) : metadata;

    /// <summary>Maps a queue-triggered function. The host posts messages to <c>/{function}</c>, which nobody else can reach.</summary>
    public static void MapQueue<TFunction, TMessage>(this IEndpointRouteBuilder app, string queue)
        where TFunction : class, IQueueFunction<TMessage>
        where TMessage : QueueMessage
    {
        var function = typeof(TFunction).Name;
        app.MapPost($"/{function}", (JsonElement envelope, QueueInvocation invocation, TFunction handler, CancellationToken cancellationToken) =>
                invocation.RunAsync(function, queue, envelope, handler, cancellationToken))
            .WithMetadata(new QueueTrigger(function, queue))
            .ForHostOnly();
    }

    /// <summary>Maps a timer-triggered function.</summary>
    public static void MapTimer<TFunction>(this IEndpointRouteBuilder app, string schedule)
        where TFunction : class, ITimerFunction
    {
        var function = typeof(TFunction).Name;
        app.MapPost($"/{function}", async (TFunction handler, CancellationToken cancellationToken) =>
            {
                await handler.HandleAsync(cancellationToken);
                return Results.Json(new { });
            })
            .WithMetadata(new TimerTrigger(function, schedule))
            .ForHostOnly();
    }

    /// <summary>Anonymous, because the host sends no credentials, but only from this machine, because only the host is on it.</summary>
    private static void ForHostOnly(this RouteHandlerBuilder endpoint) => endpoint
        .AllowAnonymous()
        .ExcludeFromDescription()
        .AddEndpointFilter(async (context, next) =>
            context.HttpContext.Connection.RemoteIpAddress is { } address && !System.Net.IPAddress.IsLoopback(address)
                ? Results.NotFound()
                : await next(context));
}
