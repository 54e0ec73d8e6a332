using System.Diagnostics;

namespace BlokSec.Local.FunctionsHost;

/// <summary>One life of the worker's process.</summary>
internal sealed class WorkerRun
{
    private readonly Process process;
    private readonly TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerRun(Process process, WorkerConnection connection)
    {
        this.process = process;
        Connection = connection;
        process.Exited += (_, _) => exited.TrySetResult();
    }

    /// <summary>Its event stream, from when it connects.</summary>
    public WorkerConnection Connection { get; }

    /// <summary>Completes when the process is gone.</summary>
    public Task Exited => exited.Task;

    /// <summary>Completes when the process is gone and the host has drawn its conclusions.</summary>
    public Task Ended => ended.Task;

    /// <summary>To be asked after <see cref="Exited"/> and before <see cref="EndAsync"/>.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>The host, or a test, wanted it dead.</summary>
    public bool IsKilledOnPurpose { get; private set; }

    /// <exception cref="System.ComponentModel.Win32Exception">The executable cannot be started.</exception>
    public static WorkerRun Start(
        WorkerDescription description, WorkerConnection connection, Uri host, IReadOnlyDictionary<string, string> environment, Action<string> output)
    {
        var start = new ProcessStartInfo(description.Executable, Arguments(description, connection.WorkerId, host))
        {
            WorkingDirectory = description.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = description.Folder;
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var run = new WorkerRun(process, connection);
        process.OutputDataReceived += (_, line) => Forward(line.Data, output);
        process.ErrorDataReceived += (_, line) => Forward(line.Data, output);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return run;
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

    /// <summary>Asks the process to leave, and kills it when it does not.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        IsKilledOnPurpose = true;
        Connection.Terminate(grace);
        await Task.WhenAny(Exited, Task.Delay(grace));
        Kill();
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

    /// <summary>As today's host names them and, after those, as earlier ones did.</summary>
    private static IEnumerable<string> Arguments(WorkerDescription description, string workerId, Uri host)
    {
        var requestId = Guid.NewGuid().ToString();
        const string MaxLength = "2147483647";
        return
        [
            .. description.Worker is { } worker ? [worker] : Array.Empty<string>(),
            "--host", host.Host, "--port", $"{host.Port}", "--workerId", workerId, "--requestId", requestId, "--grpcMaxMessageLength", MaxLength,
            "--functions-uri", host.GetLeftPart(UriPartial.Authority), "--functions-worker-id", workerId, "--functions-request-id", requestId,
            "--functions-grpc-max-message-length", MaxLength,
        ];
    }

    private static void Forward(string? line, Action<string> output)
    {
        if (line is not null)
        {
            output(line);
        }
    }
}
