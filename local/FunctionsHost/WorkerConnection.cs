using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using BlokSec.Local.FunctionsHost.Protocol;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RpcException = Grpc.Core.RpcException;

namespace BlokSec.Local.FunctionsHost;

/// <summary>The event stream of one worker, from its first message to its last.</summary>
internal sealed class WorkerConnection : IDisposable
{
    private readonly WorkerLogs logs;
    private readonly Channel<StreamingMessage> outgoing = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> requests = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> invocations = [];
    private readonly CancellationTokenSource closing = new();
    private readonly CancellationTokenSource gone = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action isLost = () => { };

    /// <param name="workerId">How the worker named itself, or will.</param>
    /// <param name="logs">Takes what it logs.</param>
    public WorkerConnection(string workerId, WorkerLogs logs)
    {
        this.logs = logs;
        WorkerId = workerId;
        Gone = gone.Token;
    }

    public string WorkerId { get; }

    /// <summary>Cancelled when the stream has ended.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Completes when the stream has ended and whoever must know was told.</summary>
    public Task Ended => ended.Task;

    /// <summary>What the worker can do; known once it is ready.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; set; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its functions; known once it is ready.</summary>
    public ImmutableArray<Function> Functions { get; set; } = [];

    /// <summary>Where it listens for HTTP; null when it does not.</summary>
    public Uri? HttpUri => Capabilities.TryGetValue("HttpUri", out var uri) && uri.Length > 0 ? new Uri(uri) : null;

    /// <summary>What is done the moment the stream ends, before any invocation in flight fails.</summary>
    public void WhenLost(Action action) => isLost = action;

    /// <summary>Serves the stream until it ends.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> incoming, IServerStreamWriter<StreamingMessage> stream, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing.Token);
        var writing = WriteAsync(stream, either.Token);
        try
        {
            while (await incoming.MoveNext(either.Token))
            {
                Take(incoming.Current);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or RpcException or InvalidOperationException)
        {
            // The worker is gone, or is dismissed.
        }
        finally
        {
            await EndAsync();
            await closing.CancelAsync();
            await writing;
        }
    }

    /// <summary>To be called when the stream has ended.</summary>
    public void Dispose()
    {
        closing.Dispose();
        gone.Dispose();
    }

    /// <summary>Lets the worker go: the stream ends.</summary>
    public void Dismiss() => outgoing.Writer.TryComplete();

    /// <summary>Sends a request and gives its answer.</summary>
    /// <exception cref="WorkerGoneException">The stream ended before.</exception>
    public async Task<StreamingMessage> RequestAsync(StreamingMessage request)
    {
        request.RequestId = Guid.NewGuid().ToString();
        var answer = ExpectAsync(requests, request.RequestId);
        Send(request);
        try
        {
            return await answer;
        }
        finally
        {
            requests.TryRemove(request.RequestId, out _);
        }
    }

    /// <summary>Runs a function; the answer says whether it succeeded.</summary>
    /// <exception cref="WorkerGoneException">The stream ended before.</exception>
    public Task<InvocationResponse> InvokeAsync(InvocationRequest request)
    {
        var answer = ExpectAsync(invocations, request.InvocationId);
        Send(new StreamingMessage { InvocationRequest = request });
        return answer;
    }

    /// <summary>Asks the worker to give up an invocation, when it understands that.</summary>
    public void Cancel(string invocationId)
    {
        if (invocations.ContainsKey(invocationId) && Capabilities.ContainsKey("HandlesInvocationCancelMessage"))
        {
            Send(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = invocationId } });
        }
    }

    /// <summary>Forgets an invocation that nobody waits for any longer.</summary>
    public void Forget(string invocationId)
    {
        if (invocations.TryRemove(invocationId, out var invocation))
        {
            invocation.TrySetCanceled();
        }
    }

    /// <summary>Asks the worker to leave.</summary>
    public void Terminate(TimeSpan grace) =>
        Send(new StreamingMessage { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(grace) } });

    private void Send(StreamingMessage message) => outgoing.Writer.TryWrite(message);

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> stream, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in outgoing.Reader.ReadAllAsync(cancellationToken))
            {
                await stream.WriteAsync(message, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or RpcException or InvalidOperationException)
        {
            // The reader learns that the stream has ended.
        }

        await closing.CancelAsync();
    }

    private void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                if (invocations.TryRemove(message.InvocationResponse.InvocationId, out var invocation))
                {
                    invocation.TrySetResult(message.InvocationResponse);
                }

                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                logs.Take(message.RpcLog);
                break;
            default:
                if (requests.TryRemove(message.RequestId, out var request))
                {
                    request.TrySetResult(message);
                }

                break;
        }
    }

    private Task<T> ExpectAsync<T>(ConcurrentDictionary<string, TaskCompletionSource<T>> expected, string id)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        expected[id] = answer;
        if (Gone.IsCancellationRequested)
        {
            answer.TrySetException(new WorkerGoneException());
        }

        return answer.Task;
    }

    private async Task EndAsync()
    {
        isLost();
        outgoing.Writer.TryComplete();
        await gone.CancelAsync();
        Fail(requests);
        Fail(invocations);
        ended.TrySetResult();
    }

    private static void Fail<T>(ConcurrentDictionary<string, TaskCompletionSource<T>> expected)
    {
        foreach (var (id, answer) in expected)
        {
            answer.TrySetException(new WorkerGoneException());
            _ = answer.Task.Exception;
            expected.TryRemove(id, out _);
        }
    }
}

/// <summary>The worker went away before it answered.</summary>
internal sealed class WorkerGoneException() : Exception("The worker is gone.");
