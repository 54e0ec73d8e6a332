using System.Collections.Immutable;
using BlokSec.Local.Faults;
using BlokSec.Local.Live;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Forwarder;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// A small Azure Functions host v4 for an isolated .NET worker: proxies HTTP, receives from Service Bus queues, ticks timers and keeps
/// the worker alive. What it does was observed on the real host; what that could do besides, it refuses at start and says so.
/// </summary>
internal sealed class LocalFunctionsHost : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly HttpMessageInvoker workerClient = HttpConnections.Create();
    private readonly Lock gate = new();
    private readonly FunctionsHostOptions options;
    private readonly HostSettings settings;
    private readonly WorkerDescription? description;
    private readonly Deadline deadline;
    private readonly HttpRoutes routes;
    private readonly QueueConnections connections;
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<Function> functions;
    private Triggers triggers;
    private Task earlierTriggers = Task.CompletedTask;
    private WorkerEndpoint? endpoint;
    private StandIn? server;
    private IWorker? worker;
    private Invoker? invoker;
    private HttpProxy? proxy;
    private AdminEndpoint? admin;
    private IHttpForwarder? forwarder;
    private bool isDisposed;

    private LocalFunctionsHost(FunctionsHostOptions options)
    {
        this.options = options;
        settings = AppReader.ReadHost(options.AppFolder);
        description = options.Attach ? null : AppReader.ReadWorker(options.AppFolder);
        deadline = new Deadline(options.NoTimeout ? null : settings.FunctionTimeout, options.Time);
        routes = new HttpRoutes(settings.RoutePrefix, ProxyAsync);
        connections = new QueueConnections(options.Environment);
        triggers = new Triggers(options, settings, connections);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => server!.Address;

    /// <summary>Where workers connect: <c>Functions:Worker:HostEndpoint</c> of one that somebody else starts.</summary>
    public Uri WorkerEndpoint => endpoint!.Address;

    /// <summary>The functions of the worker; none before it is ready.</summary>
    public IReadOnlyList<Function> Functions => functions.IsDefault ? [] : functions;

    /// <summary>Starts it. The worker may still be starting then; calls wait for it.</summary>
    /// <exception cref="InvalidDataException">The function app cannot be read or asks for what is not supported.</exception>
    public static async Task<LocalFunctionsHost> StartAsync(FunctionsHostOptions options)
    {
        var host = new LocalFunctionsHost(options);
        try
        {
            host.endpoint = await FunctionsHost.WorkerEndpoint.StartAsync(options.WorkerPort);
            host.server = await StandIn.StartAsync(
                options.Port,
                HttpProtocols.Http1,
                services => services.AddCors().AddRouting().AddHttpForwarder(),
                host.Map);
            host.StartWorker(host.forwarder!);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the worker is ready for invocations.</summary>
    /// <exception cref="WorkerLostException">It never will be.</exception>
    /// <exception cref="InvalidDataException">It has functions that are not supported.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => worker!.WaitUntilReadyAsync(cancellationToken);

    /// <summary>Kills the worker's process tree at once, as a crash would; the host starts it again.</summary>
    public Task KillWorkerAsync() => worker!.KillAsync();

    /// <summary>Where the worker listens for the requests that are proxied to it.</summary>
    public async Task<Uri> WorkerAddressAsync(CancellationToken cancellationToken) => (await worker!.ReadyAsync(cancellationToken)).HttpUri!;

    /// <summary>Runs a timer function now; false when it failed.</summary>
    public async Task<bool> RunTimerAsync(string function)
    {
        await worker!.ReadyAsync(stopping.Token);
        return await triggers.Timers.Single(timer => timer.Function.Name == function).TickAsync(input: null);
    }

    /// <summary>Runs a queue function now, with a message that never was in a queue; false when it failed.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="body">The message's body.</param>
    /// <param name="metadata">Properties of the message as <c>TriggerMetadata</c> names them, see <see cref="QueueMessage"/>.</param>
    public async Task<bool> InvokeQueueAsync(string function, string body, IReadOnlyDictionary<string, string> metadata)
    {
        await worker!.ReadyAsync(stopping.Token);
        var queue = functions.OfType<QueueFunction>().Single(queue => queue.Name == function);
        return await invoker!.InvokeAsync(queue, QueueTrigger.Invoke(queue, QueueMessage.From(body, metadata, options.Time.GetUtcNow())));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
        {
            return;
        }

        // A message given back by an invocation that ends must not meet a receiver that is about to leave.
        Triggers last;
        lock (gate)
        {
            last = triggers;
        }

        await last.QuietenAsync();
        await stopping.CancelAsync();
        await last.DisposeAsync();
        await earlierTriggers;
        // The worker leaves first, while it still has its connection.
        foreach (var part in (IAsyncDisposable?[])[worker, server, endpoint, connections])
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        routes.Dispose();
        workerClient.Dispose();
        stopping.Dispose();
    }

    private void StartWorker(IHttpForwarder forwarder)
    {
        var logs = new WorkerLogs(options.Output);
        var handshake = new WorkerHandshake(Path.GetFullPath(options.AppFolder), new FunctionReader(options.Environment));
        worker = description is null
            ? new AttachedWorker(endpoint!, handshake, logs, options.Output, WelcomeAsync)
            : new WorkerProcess(description, endpoint!, handshake, logs, WorkerEnvironment(), options.Output, WelcomeAsync);
        invoker = new Invoker(worker, deadline, options.Output, options.Watch, stopping.Token);
        proxy = new HttpProxy(worker, forwarder, workerClient, deadline, options.Output, stopping.Token);
        admin = new AdminEndpoint(() => Functions, () => triggers.Timers);
        started.SetResult();
    }

    /// <summary>The worker inherits the host's own ASPNETCORE_URLS, as it would there.</summary>
    private Dictionary<string, string> WorkerEnvironment() => new(options.Environment)
    {
        ["ASPNETCORE_URLS"] = Address.GetLeftPart(UriPartial.Authority),
    };

    /// <summary>Takes over the functions of a worker that is about to be ready, when they are not the ones that are known already.</summary>
    private async Task WelcomeAsync(WorkerConnection connection)
    {
        await started.Task;
        lock (gate)
        {
            if (isDisposed || (!functions.IsDefault && functions.Select(Definition).SequenceEqual(connection.Functions.Select(Definition))))
            {
                return;
            }

            var next = new Triggers(options, settings, connections);
            next.Start(connection.Functions, worker!, invoker!);
            earlierTriggers = Task.WhenAll(earlierTriggers, triggers.DisposeAsync().AsTask());
            triggers = next;
            functions = connection.Functions;
            routes.Set(functions.OfType<HttpFunction>());
        }
    }

    /// <summary>Two functions that say the same do the same.</summary>
    private static (string Kind, string Load) Definition(Function function) => (function switch
    {
        HttpFunction http => $"{http.Route} {string.Join(',', http.Methods)}",
        QueueFunction queue => $"{queue.Queue} {queue.Connection}",
        TimerFunction timer => $"{timer.Schedule} {timer.RunOnStartup}",
        _ => "",
    }, function.Load.ToString());

    private void Map(WebApplication web)
    {
        // The front end appends the address that it sees; what stands before it is the caller's word. YARP then tells the worker this one.
        web.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
        web.Use(RequestWatch.For(options.Watch));
        web.Use(HostPipeline.AnswerWrongMethodsAsUnknownAsync);
        if (options.AllowedOrigins.Count > 0)
        {
            // A predicate instead of a list, so that Vary: Origin is said also when there is only one origin
            web.UseCors(policy => policy.SetIsOriginAllowed(options.AllowedOrigins.Contains).AllowAnyHeader().AllowAnyMethod());
            web.Use(HostPipeline.DropCorsOfWorkerAsync);
        }

        web.Use(WaitForFunctionsAsync);
        web.UseRouting();
        ((IEndpointRouteBuilder)web).DataSources.Add(routes);
        web.MapPost("/admin/functions/{name}", context => admin!.RunAsync(context));
        forwarder = web.Services.GetRequiredService<IHttpForwarder>();
    }

    /// <summary>The worker knows the routes: calls that come before it is ready for the first time wait for it.</summary>
    private async Task WaitForFunctionsAsync(HttpContext context, RequestDelegate next)
    {
        if (functions.IsDefault)
        {
            await started.Task.WaitAsync(context.RequestAborted);
            if (!await proxy!.IsReadyAsync(context))
            {
                return;
            }
        }

        await next(context);
    }

    private Task ProxyAsync(HttpContext context, HttpFunction function)
    {
        context.Items[typeof(HttpProxy)] = proxy;
        return proxy!.RunAsync(context, function);
    }
}
