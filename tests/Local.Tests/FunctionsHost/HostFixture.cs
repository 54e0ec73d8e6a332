using System.Collections.Concurrent;
using BlokSec.Local.FunctionsHost;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>The small Functions host with a worker, and a clock that only tests move.</summary>
internal sealed class HostFixture : IAsyncDisposable
{
    private readonly AppFolder folder = new();
    private ScriptedWorker? worker;

    private HostFixture()
    {
    }

    public FakeTimeProvider Time { get; private init; } = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public LocalFunctionsHost Host { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The scripted worker.</summary>
    public ScriptedWorker Worker => worker!;

    /// <summary>Every line that the host and the worker had to say.</summary>
    public ConcurrentQueue<string> Output { get; } = [];

    private Signal OutputChanged { get; } = new();

    /// <summary>A host with a scripted worker that has these functions.</summary>
    /// <param name="functions">The functions.</param>
    /// <param name="change">Changes how the host is set up.</param>
    /// <param name="hostJson">What <c>host.json</c> says.</param>
    /// <param name="prepare">Prepares the worker before it connects.</param>
    public static async Task<HostFixture> StartAsync(
        FunctionSet functions,
        Func<FunctionsHostOptions, FunctionsHostOptions>? change = null,
        object? hostJson = null,
        Action<ScriptedWorker>? prepare = null)
    {
        var fixture = await StartAloneAsync(change, hostJson);
        fixture.worker = await ScriptedWorker.ConnectAsync(fixture.Host.WorkerEndpoint, functions, prepare);
        await fixture.Host.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        return fixture;
    }

    /// <summary>A host that still waits for its worker.</summary>
    /// <param name="change">Changes how the host is set up.</param>
    /// <param name="hostJson">What <c>host.json</c> says.</param>
    public static async Task<HostFixture> StartAloneAsync(Func<FunctionsHostOptions, FunctionsHostOptions>? change = null, object? hostJson = null)
    {
        var fixture = new HostFixture();
        fixture.folder.Write("host.json", hostJson ?? AppFolder.Host());
        return await fixture.StartAsync(new FunctionsHostOptions { AppFolder = fixture.folder.FullName, Attach = true, QueuesEnabled = false }, change);
    }

    /// <summary>A host with a process of the worker that is built with the real packages.</summary>
    /// <param name="change">Changes how the host is set up.</param>
    public static Task<HostFixture> StartProcessAsync(Func<FunctionsHostOptions, FunctionsHostOptions>? change = null) =>
        new HostFixture().StartAsync(new FunctionsHostOptions { AppFolder = AppFolder.EchoWorker, QueuesEnabled = false }, change);

    /// <summary>Completes when a line of output meets the condition.</summary>
    public async Task WaitForOutputAsync(Predicate<string> condition)
    {
        while (true)
        {
            var next = OutputChanged.Next;
            if (Output.Any(line => condition(line)))
            {
                return;
            }

            await next.WaitAsync(ScriptedWorker.Patience, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Completes when a line of output contains the text.</summary>
    public Task WaitForOutputAsync(string text) => WaitForOutputAsync(line => line.Contains(text, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await (worker?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder.Dispose();
    }

    private async Task<HostFixture> StartAsync(FunctionsHostOptions options, Func<FunctionsHostOptions, FunctionsHostOptions>? change)
    {
        options = options with
        {
            Output = line =>
            {
                Output.Enqueue(line);
                OutputChanged.Raise();
            },
            Time = Time,
        };
        Host = await LocalFunctionsHost.StartAsync(change?.Invoke(options) ?? options);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null }) { BaseAddress = Host.Address };
        return this;
    }
}
