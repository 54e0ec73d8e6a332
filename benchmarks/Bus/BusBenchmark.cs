using System.Diagnostics;
using System.Text.Json;
using BlokSec.Local;

namespace BlokSec.Benchmarks.Bus;

/// <summary>
/// Sending to the local bus: the first message of a process, a warm one, and a fan-out, by the app's sender and by Microsoft's client
/// bare, in turns. Read the ratios.
/// </summary>
internal static class BusBenchmark
{
    private const int Rounds = 9;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("bloksec-bus-").FullName;
        try
        {
            await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Folder = folder });
            foreach (var when in new[] { "at-once", "ready" })
            {
                var (ours, bare) = (new List<BusSample>(), new List<BusSample>());
                for (var round = 0; round < Rounds; round++)
                {
                    ours.Add(await SampleAsync(cloud, "ours", when));
                    bare.Add(await SampleAsync(cloud, "bare", when));
                }

                Print(when == "ready" ? "connected a second before" : "sends at once", BusSample.Median(ours), BusSample.Median(bare));
            }

            Console.WriteLine($"{Environment.ProcessorCount} processors; load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(string name, BusSample ours, BusSample bare)
    {
        Console.WriteLine($"{name,-26}  first ms  first CPU ms   warm us  warm CPU us  30 msgs ms  30 msgs CPU us");
        Console.WriteLine(Line("  ours", ours));
        Console.WriteLine(Line("  bare client", bare));
        Console.WriteLine(
            $"{"  ratio",-26}  {ours.FirstMs / bare.FirstMs,8:F2}  {ours.FirstCpuMs / bare.FirstCpuMs,12:F2}  {ours.WarmUs / bare.WarmUs,8:F2}"
            + $"  {ours.WarmCpuUs / bare.WarmCpuUs,11:F2}  {ours.FanOutMs / bare.FanOutMs,10:F2}  {ours.FanOutCpuUs / bare.FanOutCpuUs,14:F2}");
    }

    private static string Line(string name, BusSample sample) =>
        $"{name,-26}  {sample.FirstMs,8:F1}  {sample.FirstCpuMs,12:F0}  {sample.WarmUs,8:F0}  {sample.WarmCpuUs,11:F0}  {sample.FanOutMs,10:F2}  {sample.FanOutCpuUs,14:F0}";

    private static async Task<BusSample> SampleAsync(LocalCloud cloud, string who, string when)
    {
        var description = new ProcessStartInfo(Environment.ProcessPath!, ["bus-sending", who, when]) { RedirectStandardOutput = true };
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
