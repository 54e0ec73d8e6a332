using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using BlokSec.Local.FunctionsHost;
using BlokSec.Local.Tests.ServiceBus;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>The small Functions host with a recording handler, and the Service Bus of <see cref="BusFixture"/>.</summary>
internal sealed partial class HostFixture : IAsyncDisposable
{
    private readonly AppFolder folder;

    private HostFixture(AppFolder folder, BusFixture bus, RecordingHandler handler, LocalFunctionsHost host, HttpClient client)
    {
        this.folder = folder;
        Bus = bus;
        Handler = handler;
        Host = host;
        Client = client;
    }

    public BusFixture Bus { get; }

    public RecordingHandler Handler { get; }

    public LocalFunctionsHost Host { get; }

    public HttpClient Client { get; }

    /// <summary>Every line that the host and the handler had to say.</summary>
    public ConcurrentQueue<string> Output { get; private init; } = [];

    private Signal OutputChanged { get; init; } = new();

    public static async Task<HostFixture> StartAsync(AppFolder folder, Func<FunctionsHostOptions, FunctionsHostOptions>? change = null)
    {
        var bus = await BusFixture.StartAsync();
        var handler = await RecordingHandler.StartAsync();
        var output = new ConcurrentQueue<string>();
        var changed = new Signal();
        var options = new FunctionsHostOptions
        {
            AppFolder = folder.FullName,
            ServiceBus = bus.Bus.Address,
            GetToken = _ => Task.FromResult("token"),
            AttachTo = handler.Address,
            Output = line =>
            {
                output.Enqueue(line);
                changed.Raise();
            },
            Time = bus.Time,
        };
        var host = await LocalFunctionsHost.StartAsync(change?.Invoke(options) ?? options);
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null }) { BaseAddress = host.Address };
        return new HostFixture(folder, bus, handler, host, client) { Output = output, OutputChanged = changed };
    }

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

            await next.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A request that a real host sent, with what differs from run to run made the same.</summary>
    public static string Envelope(string name) =>
        Normalize(Recorded.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "FunctionsHost", "Envelopes", $"{name}.http"))));

    public static string Normalize(Recorded request)
    {
        var text = Guids.Replace(request.ToString(), "<guid>");
        text = Times.Replace(text, "<time>");
        return Ports.Replace(text, "127.0.0.1:<port>");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await Handler.DisposeAsync();
        await Bus.DisposeAsync();
        folder.Dispose();
    }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Guids { get; }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")]
    private static partial Regex Times { get; }

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Ports { get; }
}
