using System.Diagnostics;
using System.Globalization;
using BlokSec.Local;
using BlokSec.Local.FunctionsHost;

namespace BlokSec.Benchmarks.Startup;

/// <summary>What one start of an app cost, under the local Functions host.</summary>
/// <param name="Milliseconds">From the start of the host to the first answer.</param>
/// <param name="Cpu">Milliseconds of the worker's processor time until then, all threads.</param>
/// <param name="Resident">Megabytes of the worker that are resident after the first answer.</param>
/// <param name="ResidentLoaded">The same after some load.</param>
/// <param name="CpuPerCall">Microseconds of the worker's processor time per call under load.</param>
/// <param name="Rate">Calls per second under load, with host, callers and stand-ins on the same machine.</param>
internal sealed record Start(double Milliseconds, double Cpu, double Resident, double ResidentLoaded, double CpuPerCall, double Rate)
{
    private const int Connections = 16;
    private const int WarmUp = 2_000;
    private const int Calls = 4_000;

    /// <summary>Starts host and app, asks until it answers, loads it with calls, and ends it.</summary>
    /// <param name="cloud">What the app works with.</param>
    /// <param name="app">The app.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="path">What is asked first.</param>
    /// <param name="port">Where the host listens.</param>
    /// <param name="load">Makes each call of the load.</param>
    public static async Task<Start> OfAsync(
        LocalCloud cloud, PublishedApp app, IReadOnlyDictionary<string, string> settings, string path, int port, Func<HttpRequestMessage> load)
    {
        var watch = Stopwatch.StartNew();
        await using var host = await LocalFunctionsHost.StartAsync(new FunctionsHostOptions
        {
            AppFolder = app.Folder,
            Environment = settings,
            Port = port,
            QueuesEnabled = false,
            TimersEnabled = false,
        });
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { BaseAddress = host.Address };
        using (await client.GetAsync(path))
        {
        }

        var elapsed = watch.Elapsed.TotalMilliseconds;
        using var worker = Process.GetProcessById(IdOf(app));
        var cpu = worker.TotalProcessorTime.TotalMilliseconds;
        var resident = Memory(worker);
        await LoadAsync(client, load, WarmUp);
        worker.Refresh();
        var before = worker.TotalProcessorTime;
        watch.Restart();
        await LoadAsync(client, load, Calls);
        worker.Refresh();
        return new Start(
            elapsed, cpu, resident, Memory(worker), (worker.TotalProcessorTime - before).TotalMicroseconds / Calls, Calls / watch.Elapsed.TotalSeconds);
    }

    public static Start Median(IReadOnlyCollection<Start> starts) => new(
        Middle(starts, start => start.Milliseconds),
        Middle(starts, start => start.Cpu),
        Middle(starts, start => start.Resident),
        Middle(starts, start => start.ResidentLoaded),
        Middle(starts, start => start.CpuPerCall),
        Middle(starts, start => start.Rate));

    private static async Task LoadAsync(HttpClient client, Func<HttpRequestMessage> load, int calls)
    {
        // Made before, so that signing is not measured.
        var requests = new System.Collections.Concurrent.ConcurrentQueue<HttpRequestMessage>(Enumerable.Range(0, calls).Select(_ => load()));
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (requests.TryDequeue(out var request))
            {
                using (request)
                {
                    using var answer = await client.SendAsync(request);
                    answer.EnsureSuccessStatusCode();
                }
            }
        }));
    }

    /// <summary>The process that the host started.</summary>
    private static int IdOf(PublishedApp app) => Directory.GetDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Single(id => id > 0 && File.Exists($"/proc/{id}/cmdline")
            && File.ReadAllText($"/proc/{id}/cmdline").Contains(Path.Combine(app.Folder, app.Assembly), StringComparison.Ordinal));

    private static double Memory(Process process) => double.Parse(
        File.ReadAllLines($"/proc/{process.Id}/smaps_rollup").First(line => line.StartsWith("Rss:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;

    private static double Middle(IReadOnlyCollection<Start> starts, Func<Start, double> value) =>
        starts.Select(value).Order().ElementAt(starts.Count / 2);
}
