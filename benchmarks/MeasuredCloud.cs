using BlokSec.Benchmarks.Startup;
using BlokSec.Local;
using BlokSec.Local.Demo;

namespace BlokSec.Benchmarks;

/// <summary>A local system for the time of a benchmark: the function app, as it is deployed, in a process of its own; database, bus and callers in this one.</summary>
internal static class MeasuredCloud
{
    /// <summary>The processors, and how busy they are.</summary>
    public static string Machine => $"{Environment.ProcessorCount} processors, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}";

    /// <summary>Starts everything, measures, and deletes what was stored.</summary>
    /// <param name="name">The benchmark.</param>
    /// <param name="settings">Of the function app, beside those of every benchmark.</param>
    /// <param name="prepare">Comes before the function app starts.</param>
    /// <param name="measure">Measures, as an administrator.</param>
    public static async Task RunAsync(
        string name,
        IEnumerable<KeyValuePair<string, string>> settings,
        Action<LocalCloud> prepare,
        Func<LocalCloud, AdminClient, AppProcess, Task> measure)
    {
        var folder = Directory.CreateTempSubdirectory($"bloksec-{name}-").FullName;
        try
        {
            await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions
            {
                Folder = folder,
                AppFolder = (await PublishedApps.PublishOursAsync()).Folder,
                TimersEnabled = false,
                Settings = new Dictionary<string, string>(settings) { ["RateLimits__AdministratorPerMinute"] = "100000" },
            });
            prepare(cloud);
            await using var host = await cloud.StartHostAsync();
            await host.WaitUntilReadyAsync(CancellationToken.None);
            using var admin = new AdminClient(cloud.ApiAddress, cloud.SignIn.Address, "alice@contoso.example");
            using var app = AppProcess.Find();
            await measure(cloud, admin, app);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
