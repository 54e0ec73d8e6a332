using System.Diagnostics;
using System.Text.Json;
using BlokSec.Local;

namespace BlokSec.Benchmarks.Bus;

/// <summary>Sending to the local bus: the first message of a process, a warm one, and a fan-out.</summary>
internal static class BusBenchmark
{
    private const int Rounds = 9;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("bloksec-bus-").FullName;
        try
        {
            await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Folder = folder });
            var (cold, ready) = (new List<BusSample>(), new List<BusSample>());
            for (var round = 0; round < Rounds; round++)
            {
                cold.Add(await SampleAsync(cloud, "at-once"));
                ready.Add(await SampleAsync(cloud, "ready"));
            }

            Console.WriteLine($"median of {Rounds,-16}  first ms  first CPU ms   warm us  warm CPU us  30 msgs ms  30 msgs CPU us");
            Print("sends at once", BusSample.Median(cold));
            Print("had a second", BusSample.Median(ready));
            Console.WriteLine($"{Environment.ProcessorCount} processors; load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(string name, BusSample sample) => Console.WriteLine(
        $"{name,-26}  {sample.FirstMs,8:F1}  {sample.FirstCpuMs,12:F0}  {sample.WarmUs,8:F0}  {sample.WarmCpuUs,11:F0}  {sample.FanOutMs,10:F2}  {sample.FanOutCpuUs,14:F0}");

    private static async Task<BusSample> SampleAsync(LocalCloud cloud, string how)
    {
        var description = new ProcessStartInfo(Environment.ProcessPath!, ["bus-sending", how]) { RedirectStandardOutput = true };
        foreach (var (name, value) in cloud.Settings)
        {
            description.Environment[name] = value;
        }

        using var process = Process.Start(description)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<BusSample>(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!
            : throw new InvalidOperationException("The sending process failed.");
    }
}
