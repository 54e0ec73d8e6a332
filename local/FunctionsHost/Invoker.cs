using System.Diagnostics;
using System.Globalization;
using BlokSec.Local.FunctionsHost.Protocol;
using BlokSec.Local.Live;
using Status = BlokSec.Local.FunctionsHost.Protocol.StatusResult.Types.Status;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Runs functions that messages and timers trigger.</summary>
internal sealed class Invoker(IWorker worker, Deadline deadline, Action<string> output, Action<LiveEvent> watch, CancellationToken stopping)
{
    /// <summary>Invokes a function; false when it failed. Waits for a worker that is starting.</summary>
    public async Task<bool> InvokeAsync(Function function, InvocationRequest invocation)
    {
        var start = Stopwatch.GetTimestamp();
        var isSuccess = await TryInvokeAsync(function, invocation);
        if (function is QueueFunction queue && !stopping.IsCancellationRequested)
        {
            watch(new LiveEvent(
                "message",
                $"from {queue.Queue} to {queue.Name}",
                string.Create(CultureInfo.InvariantCulture, $"{(isSuccess ? "done" : "failed")} {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms"),
                isSuccess ? LiveLevel.Normal : LiveLevel.Failure));
        }

        return isSuccess;
    }

    private async Task<bool> TryInvokeAsync(Function function, InvocationRequest invocation)
    {
        WorkerConnection? connection = null;
        using var time = deadline.Start(stopping);
        try
        {
            connection = await worker.ReadyAsync(time.Token);
            var response = await connection.InvokeAsync(invocation).WaitAsync(time.Token);
            worker.Answered();
            if (response.Result?.Status != Status.Success)
            {
                output($"{function.Name} failed: {response.Result?.Exception?.Message}");
            }

            return response.Result?.Status == Status.Success;
        }
        catch (Exception exception) when (exception is WorkerLostException or InvalidDataException)
        {
            return false;
        }
        catch (WorkerGoneException gone)
        {
            output($"{function.Name} failed: {gone.Message}");
            return false;
        }
        catch (OperationCanceledException)
        {
            connection?.Cancel(invocation.InvocationId);
            if (!stopping.IsCancellationRequested)
            {
                output($"{function.Name} took longer than functionTimeout; {(await worker.KillAsync() ? "the worker is killed" : "the call fails")}.");
            }

            return false;
        }
        finally
        {
            connection?.Forget(invocation.InvocationId);
        }
    }
}
