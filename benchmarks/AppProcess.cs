using System.Diagnostics;
using System.Globalization;

namespace BlokSec.Benchmarks;

/// <summary>The function app in the process of its own that the local host started.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly Process process;

    private AppProcess(Process process) => this.process = process;

    /// <summary>All processor time so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Megabytes that are resident.</summary>
    public double Megabytes => Status("VmRSS:");

    /// <summary>Megabytes that were resident at most since <see cref="ForgetPeak"/>.</summary>
    public double PeakMegabytes => Status("VmHWM:");

    /// <summary>The app that runs under this process.</summary>
    public static AppProcess Find() => new(Process.GetProcessById(Directory.GetDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Single(id => id > 0 && IsChild(id) && File.ReadAllText($"/proc/{id}/cmdline").Contains("BlokSec.Functions", StringComparison.Ordinal))));

    /// <summary>The next peak counts from here.</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{process.Id}/clear_refs", "5");

    public void Dispose() => process.Dispose();

    private double Status(string name) => double.Parse(
        File.ReadAllLines($"/proc/{process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;

    private static bool IsChild(int id)
    {
        try
        {
            // After the name, which is in brackets: the state, and the parent.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
