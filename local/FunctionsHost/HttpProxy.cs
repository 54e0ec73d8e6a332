using BlokSec.Local.FunctionsHost.Protocol;
using Yarp.ReverseProxy.Forwarder;
using Status = BlokSec.Local.FunctionsHost.Protocol.StatusResult.Types.Status;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// Runs HTTP functions: invokes the function and proxies the request to the worker's own web server, which brings the two together.
/// Nothing is buffered.
/// </summary>
internal sealed class HttpProxy(
    IWorker worker, IHttpForwarder forwarder, HttpMessageInvoker client, Deadline deadline, Action<string> output, CancellationToken stopping)
{
    /// <summary>How long the HTTP answer of an invocation that failed may take.</summary>
    private static readonly TimeSpan AnswerOfFailure = TimeSpan.FromSeconds(5);

    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(240),
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Waits for a worker; false when there is none and the request was answered so.</summary>
    public async Task<bool> IsReadyAsync(HttpContext context)
    {
        var isReady = false;
        await GuardAsync(context, "A call", async cancellationToken =>
        {
            await worker.ReadyAsync(cancellationToken);
            isReady = true;
        });
        return isReady;
    }

    /// <summary>Runs a function.</summary>
    public Task RunAsync(HttpContext context, HttpFunction function) => GuardAsync(context, function.Name, async cancellationToken =>
    {
        var connection = await worker.ReadyAsync(cancellationToken);
        var invocation = HttpTrigger.Invoke(function, context.Request);
        HttpTrigger.Mark(context.Request, invocation);
        try
        {
            await RunAsync(context, function, connection, invocation, cancellationToken);
        }
        finally
        {
            connection.Forget(invocation.InvocationId);
        }
    });

    /// <summary>Answers what a call cannot answer itself: the worker is lost or takes too long.</summary>
    private async Task GuardAsync(HttpContext context, string name, Func<CancellationToken, Task> call)
    {
        using var time = deadline.Start(stopping);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, context.RequestAborted);
        try
        {
            await call(either.Token);
        }
        catch (WorkerLostException lost)
        {
            Fail(context, lost.GaveUp ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError);
        }
        catch (InvalidDataException)
        {
            Fail(context, StatusCodes.Status503ServiceUnavailable);
        }
        catch (WorkerGoneException gone)
        {
            output($"{name} failed: {gone.Message}");
            Fail(context, StatusCodes.Status500InternalServerError);
        }
        catch (OperationCanceledException) when (time.Token.IsCancellationRequested)
        {
            if (!stopping.IsCancellationRequested)
            {
                output($"{name} took longer than functionTimeout; {(await worker.KillAsync() ? "the worker is killed" : "the call fails")}.");
            }

            Fail(context, StatusCodes.Status500InternalServerError);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
    }

    private async Task RunAsync(
        HttpContext context, HttpFunction function, WorkerConnection connection, InvocationRequest invocation, CancellationToken cancellationToken)
    {
        using var hopeless = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.Gone);

        // Registered last, so called first: the worker is told before its connection breaks, over which the call could end meanwhile.
        using var cancel = cancellationToken.UnsafeRegister(_ => connection.Cancel(invocation.InvocationId), null);
        var running = connection.InvokeAsync(invocation);
        var forwarding = forwarder.SendAsync(context, Prefix(connection), client, Config, HttpTransformer.Default, hopeless.Token).AsTask();
        await Task.WhenAny(running, forwarding);
        if (running.IsCompleted && !await IsSuccessAsync(running))
        {
            hopeless.CancelAfter(AnswerOfFailure);
        }

        var error = await forwarding;
        if (error != ForwarderError.None)
        {
            // Whatever the worker makes of a call that was taken back.
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (error != ForwarderError.None && !running.IsCompleted)
        {
            // The connection breaks before the stream does. Nothing may be handed to a worker that is gone between.
            await Task.WhenAny(connection.RequestAsync(new StreamingMessage { WorkerStatusRequest = new WorkerStatusRequest() }), connection.Ended);
            output($"{function.Name} failed: {context.GetForwarderErrorFeature()?.Exception?.Message ?? error.ToString()}");
            Fail(context, StatusCodes.Status500InternalServerError);
            return;
        }

        var response = await running.WaitAsync(cancellationToken);
        worker.Answered();
        if (response.Result?.Status != Status.Success)
        {
            output($"{function.Name} failed: {response.Result?.Exception?.Message}");
            Fail(context, StatusCodes.Status500InternalServerError);
        }
        else if (error != ForwarderError.None)
        {
            Fail(context, StatusCodes.Status500InternalServerError);
        }
    }

    private static string Prefix(WorkerConnection connection) => connection.HttpUri!.GetLeftPart(UriPartial.Authority);

    private static async Task<bool> IsSuccessAsync(Task<InvocationResponse> running)
    {
        try
        {
            return (await running).Result?.Status == Status.Success;
        }
        catch (WorkerGoneException)
        {
            return false;
        }
    }

    private static void Fail(HttpContext context, int status)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.StatusCode = status;
        }
    }
}
