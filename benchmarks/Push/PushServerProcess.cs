using System.Diagnostics;

namespace BlokSec.Benchmarks.Push;

/// <summary>A <see cref="PushServer"/> in a process of its own.</summary>
internal sealed class PushServerProcess : IDisposable
{
    private readonly Process process;

    private PushServerProcess(Process process)
    {
        this.process = process;
        Address = new Uri(process.StandardOutput.ReadLine()!);
        TokenAddress = new Uri(process.StandardOutput.ReadLine()!);
    }

    /// <summary>HTTP/2 in clear text.</summary>
    public Uri Address { get; }

    /// <summary>HTTP/1.1, for access tokens.</summary>
    public Uri TokenAddress { get; }

    public static PushServerProcess Start()
    {
        var dll = Environment.GetCommandLineArgs()[0];
        var description = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? new ProcessStartInfo(Environment.ProcessPath!, [dll, "push-server"])
            : new ProcessStartInfo(Environment.ProcessPath!, ["push-server"]);
        description.RedirectStandardInput = true;
        description.RedirectStandardOutput = true;
        return new PushServerProcess(Process.Start(description)!);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
