using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Local.Faults;
using BlokSec.Local.Live;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// A small Azure Functions host v4 for custom handlers: forwards HTTP, pumps Service Bus queues, ticks timers and keeps the handler
/// alive. What it does was observed on the real host; what that could do besides, it refuses at start and says so.
/// </summary>
internal sealed class LocalFunctionsHost : IAsyncDisposable
{
    private readonly CancellationTokenSource receiving = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly HttpMessageInvoker handlerClient = HandlerClient.Create();
    private readonly HttpMessageInvoker busClient = HandlerClient.Create();
    private readonly FunctionsHostOptions options;
    private readonly FunctionApp app;
    private readonly Deadline deadline;
    private readonly TaskCompletionSource<HttpForwarder> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<QueuePump> pumps = [];
    private ImmutableArray<TimerLoop> timers = [];
    private Task work = Task.CompletedTask;
    private StandIn? server;
    private IHandler? handler;
    private bool isDisposed;

    private LocalFunctionsHost(FunctionsHostOptions options)
    {
        this.options = options;
        app = FunctionAppReader.Read(options.AppFolder, options.Environment);
        deadline = new Deadline(options.WaitFor is null ? app.FunctionTimeout : null, options.Time);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => server!.Address;

    /// <summary>The functions it found.</summary>
    public IReadOnlyList<Function> Functions => app.Functions;

    /// <summary>Starts it. The handler may still be starting then; calls wait for it.</summary>
    /// <exception cref="InvalidDataException">The function app cannot be read or asks for what is not supported.</exception>
    public static async Task<LocalFunctionsHost> StartAsync(FunctionsHostOptions options)
    {
        var host = new LocalFunctionsHost(options);
        host.server = await StandIn.StartAsync(
            options.Port,
            HttpProtocols.Http1,
            services => services.AddCors().AddRouting(),
            host.Map);
        host.StartWork();
        return host;
    }

    /// <summary>Completes when the handler answers.</summary>
    /// <exception cref="HandlerLostException">It never will.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => handler!.ReadyAsync(cancellationToken);

    /// <summary>Kills the handler's process tree at once, as a crash would; the host starts it again.</summary>
    public Task KillHandlerAsync() => handler!.KillAsync();

    /// <summary>Runs a timer function now; false when it failed.</summary>
    public Task<bool> RunTimerAsync(string function) =>
        timers.Single(timer => timer.Function.Name == function).TickAsync(input: null);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
        {
            return;
        }

        // A message given back by an invocation that ends must not meet a receiver that is about to leave.
        await receiving.CancelAsync();
        await Task.WhenAll(pumps.Select(pump => pump.ReceivedLast));
        await stopping.CancelAsync();
        await work;
        if (handler is not null)
        {
            await handler.DisposeAsync();
        }

        if (server is not null)
        {
            await server.DisposeAsync();
        }

        handlerClient.Dispose();
        busClient.Dispose();
        receiving.Dispose();
        stopping.Dispose();
    }

    private void StartWork()
    {
        handler = options switch
        {
            { AttachTo: { } running } => new AttachedHandler(running, handlerClient, isRunning: true),
            { WaitFor: { } awaited } => new AttachedHandler(awaited, handlerClient, isRunning: false),
            _ => new HandlerProcess(app.Handler, HandlerEnvironment(), options.Output, handlerClient),
        };
        var invoker = new Invoker(handler, handlerClient, deadline, options.Output, options.Watch, stopping.Token);
        var bus = new BusReceiver(options.ServiceBus, options.GetToken, busClient);
        timers = [.. app.Functions.OfType<TimerFunction>().Select(function => new TimerLoop(function, invoker, options.Time))];
        pumps = [.. app.Functions.OfType<QueueFunction>().Select(function =>
            new QueuePump(function, app, bus, handler, invoker, options.Time, options.Output))];
        var ticking = options.TimersEnabled ? timers.Select(timer => timer.RunAsync(stopping.Token)) : [];
        work = Task.WhenAll([.. pumps.Select(pump => pump.RunAsync(receiving.Token)), .. ticking]);
        started.SetResult(new HttpForwarder(handler, handlerClient, deadline, options.Output, stopping.Token));
    }

    /// <summary>The handler inherits the host's own ASPNETCORE_URLS, so one that does not bind explicitly fails here as it would there.</summary>
    private Dictionary<string, string> HandlerEnvironment() => new(options.Environment)
    {
        ["ASPNETCORE_URLS"] = Address.GetLeftPart(UriPartial.Authority),
    };

    private void Map(WebApplication web)
    {
        web.Use(RequestWatch.For(options.Watch));
        web.Use(HostPipeline.AnswerWrongMethodsAsUnknownAsync);
        if (options.AllowedOrigins.Count > 0)
        {
            // A predicate instead of a list, so that Vary: Origin is said also when there is only one origin
            web.UseCors(policy => policy.SetIsOriginAllowed(options.AllowedOrigins.Contains).AllowAnyHeader().AllowAnyMethod());
            web.Use(HostPipeline.DropCorsOfHandlerAsync);
        }

        foreach (var function in app.Functions.OfType<HttpFunction>())
        {
            var pattern = $"/{app.RoutePrefix}/{function.Route}".Replace("//", "/", StringComparison.Ordinal);
            RequestDelegate forward = context => ForwardAsync(context, function);
            if (function.Methods.IsEmpty)
            {
                web.Map(pattern, forward);
            }
            else
            {
                web.MapMethods(pattern, function.Methods, forward);
            }
        }

        web.MapPost("/admin/functions/{name}", RunByHandAsync);
    }

    private async Task ForwardAsync(HttpContext context, HttpFunction function)
    {
        var forwarder = await started.Task;
        context.Items[typeof(HttpForwarder)] = forwarder;
        await forwarder.ForwardAsync(context, function.Name);
    }

    /// <summary><see href="https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http">Runs a function by hand</see>.</summary>
    private async Task RunByHandAsync(HttpContext context)
    {
        await started.Task;
        var name = (string)context.GetRouteValue("name")!;
        if (timers.FirstOrDefault(timer => timer.Function.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } timer)
        {
            var exists = app.Functions.Any(function => function.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
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
