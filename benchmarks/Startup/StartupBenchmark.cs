using System.Diagnostics;
using BlokSec.Local;
using BlokSec.Local.FunctionsHost;

namespace BlokSec.Benchmarks.Startup;

/// <summary>
/// From the start of the process to its first answer, and memory: the published function app against an empty ASP.NET Core app that is
/// published in the same way, in turns. Read the ratios. Linux only, as what is published is.
/// </summary>
internal static class StartupBenchmark
{
    private const int Rounds = 15;
    private const string Liveness = "/api/health/live";

    /// <summary>Asks for an access token: 401.</summary>
    private const string Refused = "/api/users";

    /// <summary>Where Azure Monitor is told to be. The first export comes seconds after the first answer, so nobody need be there.</summary>
    private const string Nowhere = "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://127.0.0.1:9/";

    public static async Task RunAsync()
    {
        var apps = await PublishedApps.PublishAsync();
        var folder = Directory.CreateTempSubdirectory("bloksec-startup-").FullName;
        try
        {
            await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Folder = folder });
            var exporting = cloud.Settings.Append(new("APPLICATIONINSIGHTS_CONNECTION_STRING", Nowhere)).ToDictionary();
            await CompareAsync(
                new("empty app", () => Start.OfAsync(apps.Empty, Liveness, cloud.Settings)),
                new("function app", () => Start.OfAsync(apps.Ours, Liveness, cloud.Settings)),
                new("  first answer is a 401", () => Start.OfAsync(apps.Ours, Refused, cloud.Settings)),
                new("  with telemetry", () => Start.OfAsync(apps.Ours, Liveness, exporting)),
                new("  with telemetry, a 401", () => Start.OfAsync(apps.Ours, Refused, exporting)));
            await CompareAsync(
                new("under the host: empty app", () => UnderTheHostAsync(cloud, apps.Empty, Liveness)),
                new("function app", () => UnderTheHostAsync(cloud, apps.Ours, Liveness)),
                new("  first answer is a 401", () => UnderTheHostAsync(cloud, apps.Ours, Refused)));
            Console.WriteLine($"{Environment.ProcessorCount} processors; load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The first case is the measure of the others.</summary>
    private static async Task CompareAsync(params Case[] cases)
    {
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var of in cases)
            {
                of.Starts.Add(await of.StartAsync());
            }
        }

        var measure = Start.Median(cases[0].Starts);
        Console.WriteLine($"{"median of " + Rounds,-26}  {"ms",14}  {"CPU ms",14}  {"RSS MB",14}  {"PSS MB",14}  {"RSS loaded",14}");
        foreach (var of in cases)
        {
            var start = Start.Median(of.Starts);
            Console.WriteLine(
                $"{of.Name,-26}  {Cell(start.Milliseconds, measure.Milliseconds)}  {Cell(start.Cpu, measure.Cpu)}  {Cell(start.Resident, measure.Resident)}"
                + $"  {Cell(start.Share, measure.Share)}  {Cell(start.ResidentLoaded, measure.ResidentLoaded)}");
        }
    }

    private static string Cell(double value, double measure) => double.IsNaN(value) ? $"{"-",14}" : $"{value,7:F0} x{value / measure,5:F2}";

    /// <summary>The host, too, starts anew; what is its own is the same for both.</summary>
    private static async Task<Start> UnderTheHostAsync(LocalCloud cloud, PublishedApp app, string path)
    {
        var watch = Stopwatch.StartNew();
        await using var host = await LocalFunctionsHost.StartAsync(new FunctionsHostOptions
        {
            AppFolder = app.Folder,
            ServiceBus = cloud.ServiceBus.Address,
            GetToken = _ => Task.FromResult(cloud.SignIn.IssueServiceToken(LocalSettings.ServiceBusResource)),
            Environment = cloud.Settings,
            TimersEnabled = false,
        });
        using var client = new HttpClient { BaseAddress = host.Address };
        using var answer = await client.GetAsync(path);
        return new Start(watch.Elapsed.TotalMilliseconds, double.NaN, double.NaN, double.NaN, double.NaN);
    }

    private sealed record Case(string Name, Func<Task<Start>> StartAsync)
    {
        public List<Start> Starts { get; } = [];
    }
}
