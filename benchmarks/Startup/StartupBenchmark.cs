using BlokSec.Local;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Wire;
using BlokSec.Local.Seed;

namespace BlokSec.Benchmarks.Startup;

/// <summary>
/// From the start of the process to its first answer, memory, and calls under load: the published function app against an empty isolated
/// worker with ASP.NET Core's integration that is published in the same way, under the same local host, in turns. Read the ratios. Linux
/// only, as what is published is.
/// </summary>
internal static class StartupBenchmark
{
    private const int Rounds = 5;
    private const string Liveness = "/api/health/live";
    private const string Status = "/api/mobile/device/status";

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
            await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions
            {
                Folder = folder,
                Settings = new Dictionary<string, string>
                {
                    ["RateLimits__AddressPerMinute"] = "1000000",
                    ["RateLimits__DevicePerMinute"] = "1000000",
                    ["RateLimits__StrangersPerMinute"] = "1000000",
                },
            });
            var person = new DemoPerson(DemoPeople.Contoso, "benchmark", "Test", "Person", 1, 1);
            var phone = (await new DemoData(cloud.Container, cloud.Owners, cloud.Phones, TimeProvider.System).WriteAsync(person, CancellationToken.None))[0].Phone;
            var exporting = cloud.Settings.Append(new("APPLICATIONINSIGHTS_CONNECTION_STRING", Nowhere)).ToDictionary();
            await CompareAsync(
                new("empty worker", () => StartAsync(cloud, apps.Empty, cloud.Settings, Liveness, Alive)),
                new("function app", () => StartAsync(cloud, apps.Ours, cloud.Settings, Liveness, Alive)),
                new("  first answer is a 401", () => StartAsync(cloud, apps.Ours, cloud.Settings, Refused, Alive)),
                new("  with telemetry", () => StartAsync(cloud, apps.Ours, exporting, Liveness, Alive)),
                new("  load is device status", () => StartAsync(cloud, apps.Ours, cloud.Settings, Liveness, () => Open(cloud, phone))));
            Console.WriteLine($"{Environment.ProcessorCount} processors; load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<Start> StartAsync(
        LocalCloud cloud, PublishedApp app, IReadOnlyDictionary<string, string> settings, string path, Func<HttpRequestMessage> load) =>
        Start.OfAsync(cloud, app, settings, path, cloud.ApiAddress.Port, load);

    private static HttpRequestMessage Alive() => new(HttpMethod.Get, Liveness);

    /// <summary>The next open of a phone, signed.</summary>
    private static HttpRequestMessage Open(LocalCloud cloud, VirtualPhone phone)
    {
        var signer = phone.State.Registration!.Signer;
        var proof = new DeviceProof
        {
            Key = signer.Key,
            Method = HttpMethod.Get.Method,
            Address = new Uri(cloud.ApiAddress, Status),
            Tenant = signer.Tenant,
            User = signer.User,
            IssuedAt = TimeProvider.System.GetUtcNow(),
        };
        return new HttpRequestMessage(HttpMethod.Get, Status) { Headers = { { "DPoP", proof.Build() } } };
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
        Console.WriteLine(
            $"{"median of " + Rounds,-24}  {"ms",14}  {"CPU ms",14}  {"RSS MB",14}  {"RSS loaded",14}  {"CPU us a call",14}  {"calls a s",14}");
        foreach (var of in cases)
        {
            var start = Start.Median(of.Starts);
            Console.WriteLine(
                $"{of.Name,-24}  {Cell(start.Milliseconds, measure.Milliseconds)}  {Cell(start.Cpu, measure.Cpu)}  {Cell(start.Resident, measure.Resident)}"
                + $"  {Cell(start.ResidentLoaded, measure.ResidentLoaded)}  {Cell(start.CpuPerCall, measure.CpuPerCall)}  {Cell(start.Rate, measure.Rate)}");
        }
    }

    private static string Cell(double value, double measure) => $"{value,7:F0} x{value / measure,5:F2}";

    private sealed record Case(string Name, Func<Task<Start>> StartAsync)
    {
        public List<Start> Starts { get; } = [];
    }
}
