using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;
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
        var function = typeof(TFunction).Name;
        var pattern = RoutePatternFactory.Parse($"/api/{route}");
        var binding = new Lazy<Binding>(() => Bind(handler, pattern, app.ServiceProvider));

        // Compiled at the first call of this function: a start compiles none.
        var run = new Lazy<RequestDelegate>(() => Unbound(handler, pattern) ?? RequestDelegateFactory.Create(
            handler, context => context.RequestServices.GetRequiredService<TFunction>(), binding.Value.Options, binding.Value.Inferred).RequestDelegate);
        return app.MapMethods(pattern.RawText!, [method], context => run.Value(context))
            .WithName(function)
            .WithRequestTimeout(Deadline)
            .WithMetadata(
            [
                handler,
                .. handler.GetCustomAttributes(inherit: false),
                new DescriptiveMetadata(() => binding.Value.Description),
                new HttpTrigger(function, method, route),
            ]);
    }

    /// <summary>How a function's parameters are found in a request. To find that out takes a tenth of a start, which a queue or a 401 need not wait for.</summary>
    private static Binding Bind(MethodInfo handler, RoutePattern pattern, IServiceProvider services)
    {
        var endpoint = new RouteEndpointBuilder(requestDelegate: null, pattern, order: 0);
        endpoint.FilterFactories.Add((_, next) => context => RouteIds.FilterAsync(context, next));
        endpoint.FilterFactories.Add((function, next) => RequestValidation.Create(function.MethodInfo, next));
        var options = new RequestDelegateFactoryOptions
        {
            ServiceProvider = services,
            RouteParameterNames = pattern.Parameters.Select(parameter => parameter.Name),
            ThrowOnBadRequest = true,
            EndpointBuilder = endpoint,
        };
        var inferred = RequestDelegateFactory.InferMetadata(handler, options);
        return new Binding(options, inferred, [.. endpoint.Metadata.Select(OfAnyContentType)]);
    }

    /// <summary>A function that takes nothing needs no binding; null for any other.</summary>
    private static RequestDelegate? Unbound(MethodInfo handler, RoutePattern pattern)
    {
        if (!handler.IsStatic || handler.GetParameters().Length > 0 || pattern.Parameters.Count > 0 || handler.ReturnType != typeof(IResult))
        {
            return null;
        }

        var answer = handler.CreateDelegate<Func<IResult>>();
        return context => answer().ExecuteAsync(context);
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
        app.MapForHost(new QueueTrigger(function, queue), async context =>
        {
            var envelope = await context.Request.ReadFromJsonAsync<JsonElement>(context.RequestAborted);
            var services = context.RequestServices;
            return await services.GetRequiredService<QueueInvocation>().RunAsync(
                function, queue, envelope, services.GetRequiredService<TFunction>(), context.RequestAborted);
        });
    }

    /// <summary>Maps a timer-triggered function.</summary>
    public static void MapTimer<TFunction>(this IEndpointRouteBuilder app, string schedule)
        where TFunction : class, ITimerFunction
    {
        var function = typeof(TFunction).Name;
        app.MapForHost(new TimerTrigger(function, schedule), async context =>
        {
            // The host's call is no part of anybody's trace.
            Activity.Current = null;
            using var activity = Sources.Activities.StartActivity(function)?.SetTag("faas.trigger", "timer");
            await context.RequestServices.GetRequiredService<TFunction>().HandleAsync(context.RequestAborted);
            return Results.Json(new { });
        });
    }

    /// <summary>Anonymous, because the host sends no credentials, but only from this machine, because only the host is on it.</summary>
    private static void MapForHost(this IEndpointRouteBuilder app, FunctionTrigger trigger, Func<HttpContext, Task<IResult>> run) => app
        .MapPost($"/{trigger.Function}", async context =>
        {
            var isHost = context.Connection.RemoteIpAddress is not { } address || System.Net.IPAddress.IsLoopback(address);
            await (isHost ? await run(context) : Results.NotFound()).ExecuteAsync(context);
        })
        .WithMetadata(trigger)
        .AllowAnonymous()
        .ExcludeFromDescription();

    private sealed record Binding(RequestDelegateFactoryOptions Options, RequestDelegateMetadataResult Inferred, IReadOnlyList<object> Description);
}
