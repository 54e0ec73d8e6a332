using System.Diagnostics;
using System.Globalization;

namespace BlokSec.Local.FunctionsHost;

/// <summary>One life of the handler's process.</summary>
internal sealed class HandlerRun
{
    private readonly Process process;
    private readonly TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HandlerRun(Process process, Uri address)
    {
        this.process = process;
        Address = address;
        process.Exited += (_, _) => exited.TrySetResult();
    }

    public Uri Address { get; }

    /// <summary>Completes when the process is gone.</summary>
    public Task Exited => exited.Task;

    /// <summary>Completes when the process is gone and the host has drawn its conclusions.</summary>
    public Task Ended => ended.Task;

    /// <summary>To be asked after <see cref="Exited"/> and before <see cref="EndAsync"/>.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>The host, or a test, wanted it dead.</summary>
    public bool IsKilledOnPurpose { get; private set; }

    public static HandlerRun Start(HandlerDescription description, IReadOnlyDictionary<string, string> environment, Action<string> output)
    {
        var address = new Uri($"http://127.0.0.1:{LocalPorts.FindFree()}");
        var start = new ProcessStartInfo(description.Executable, description.Arguments)
        {
            WorkingDirectory = description.WorkingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = address.Port.ToString(CultureInfo.InvariantCulture);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var run = new HandlerRun(process, address);
        process.OutputDataReceived += (_, line) => Forward(line.Data, output);
        process.ErrorDataReceived += (_, line) => Forward(line.Data, output);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return run;
    }

    /// <summary>Probes until the process answers anything; false when it ends or the time is over.</summary>
    public async Task<bool> AnswersAsync(HttpMessageInvoker prober, TimeSpan patience)
    {
        using var giveUp = new CancellationTokenSource(patience);
        var probing = HandlerProbe.AnswersAsync(prober, Address, giveUp.Token);
        await Task.WhenAny(probing, Exited);
        await giveUp.CancelAsync();
        return await probing;
    }

    /// <summary>Kills the process and its children at once.</summary>
    public void Kill(bool isFailure = false)
    {
        IsKilledOnPurpose |= !isFailure;
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }

    /// <summary>Lets go of the process after its last line of output, and tells who waits for the end.</summary>
    public async Task EndAsync()
    {
        ended.TrySetResult();
        try
        {
            // A surviving grandchild may hold the pipes open.
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (TimeoutException)
        {
        }

        process.Dispose();
    }

    private static void Forward(string? line, Action<string> output)
    {
        if (line is not null)
        {
            output(line);
        }
    }
}
