using System.Diagnostics;
using System.Globalization;
using BlokSec.Local;

namespace BlokSec.Benchmarks.Startup;

/// <summary>What one start cost.</summary>
/// <param name="Milliseconds">From the start of the process to its first answer.</param>
/// <param name="Cpu">Milliseconds of processor time until then, all threads.</param>
/// <param name="Resident">Megabytes resident after the first answer.</param>
/// <param name="Share">The same, pages that are shared with other processes counted in part.</param>
/// <param name="ResidentLoaded">Megabytes resident after some load.</param>
internal sealed record Start(double Milliseconds, double Cpu, double Resident, double Share, double ResidentLoaded)
{
    private const int Calls = 5_000;
    private const int Connections = 16;
    private const string Liveness = "/api/health/live";

    /// <summary>Starts the app, asks until it answers, then loads it with calls, and kills it.</summary>
    public static async Task<Start> OfAsync(PublishedApp app, string path, IReadOnlyDictionary<string, string> settings)
    {
        var address = new Uri($"http://127.0.0.1:{LocalPorts.FindFree()}");
        var description = new ProcessStartInfo(app.Executable) { WorkingDirectory = app.Folder, RedirectStandardOutput = true };
        foreach (var (name, value) in settings)
        {
            description.Environment[name] = value;
        }

        description.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = address.Port.ToString(CultureInfo.InvariantCulture);
        using var client = new HttpClient { BaseAddress = address };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(description)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        try
        {
            await FirstAnswerAsync(client, path, process);
            var elapsed = watch.Elapsed.TotalMilliseconds;
            process.Refresh();
            var cpu = process.TotalProcessorTime.TotalMilliseconds;
            var (resident, share) = Memory(process);
            await LoadAsync(client);
            return new Start(elapsed, cpu, resident, share, Memory(process).Resident);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    public static Start Median(IReadOnlyCollection<Start> starts) => new(
        Middle(starts, start => start.Milliseconds),
        Middle(starts, start => start.Cpu),
        Middle(starts, start => start.Resident),
        Middle(starts, start => start.Share),
        Middle(starts, start => start.ResidentLoaded));

    private static async Task FirstAnswerAsync(HttpClient client, string path, Process process)
    {
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(path);
                return;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(1);
            }
        }
    }

    private static async Task LoadAsync(HttpClient client)
    {
        var left = Calls;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using var answer = await client.GetAsync(Liveness);
                answer.EnsureSuccessStatusCode();
            }
        }));
    }

    private static (double Resident, double Share) Memory(Process process)
    {
        var lines = File.ReadAllLines($"/proc/{process.Id}/smaps_rollup");
        return (Of("Rss:"), Of("Pss:"));

        double Of(string name) => double.Parse(
            lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024;
    }

    private static double Middle(IReadOnlyCollection<Start> starts, Func<Start, double> value) =>
        starts.Select(value).Order().ElementAt(starts.Count / 2);
}
