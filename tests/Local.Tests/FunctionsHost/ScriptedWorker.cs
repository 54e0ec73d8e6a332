using System.Collections.Concurrent;
using System.Threading.Channels;
using BlokSec.Local.Faults;
using BlokSec.Local.FunctionsHost.Protocol;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Status = BlokSec.Local.FunctionsHost.Protocol.StatusResult.Types.Status;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>A worker inside the test that keeps everything it is told and answers as it is told to.</summary>
internal sealed class ScriptedWorker : IAsyncDisposable
{
    /// <summary>A wait that fails says which; one without an end would hold up all tests.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly Method<StreamingMessage, StreamingMessage> EventStream = new(
        MethodType.DuplexStreaming,
        "AzureFunctionsRpcMessages.FunctionRpc",
        "EventStream",
        Marshallers.Create(Google.Protobuf.MessageExtensions.ToByteArray, StreamingMessage.Parser.ParseFrom),
        Marshallers.Create(Google.Protobuf.MessageExtensions.ToByteArray, StreamingMessage.Parser.ParseFrom));

    private readonly FunctionSet functions;
    private readonly Dictionary<string, string> capabilities = new() { ["HandlesInvocationCancelMessage"] = "True", ["WorkerStatus"] = "True" };
    private readonly Channel<InvocationRequest> invoked = Channel.CreateUnbounded<InvocationRequest>();
    private readonly Channel<RecordedRequest> requested = Channel.CreateUnbounded<RecordedRequest>();
    private readonly Channel<StreamingMessage> outgoing = Channel.CreateUnbounded<StreamingMessage>();
    private readonly Signal changed = new();
    private GrpcChannel? channel;
    private AsyncDuplexStreamingCall<StreamingMessage, StreamingMessage>? stream;
    private StandIn? web;
    private Task work = Task.CompletedTask;

    private ScriptedWorker(FunctionSet functions) => this.functions = functions;

    /// <summary>Where it listens for HTTP.</summary>
    public Uri Address => web!.Address;

    /// <summary>Every invocation.</summary>
    public ConcurrentQueue<InvocationRequest> Invocations { get; } = [];

    /// <summary>Every request by HTTP.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = [];

    /// <summary>Ids of invocations that the host took back.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = [];

    /// <summary>What the host said besides, in order.</summary>
    public ConcurrentQueue<StreamingMessage> Messages { get; } = [];

    /// <summary>Answers by HTTP; by default with 200 and nothing.</summary>
    public Func<HttpContext, RecordedRequest, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Says whether an invocation that is not an HTTP function's succeeded; by default it does.</summary>
    public Func<InvocationRequest, Task<bool>> Succeeds { get; set; } = _ => Task.FromResult(true);

    /// <summary>Says whether the invocation of an HTTP function succeeded once its request is answered; by default it does.</summary>
    public Func<InvocationRequest, Task<bool>> HttpSucceeds { get; set; } = _ => Task.FromResult(true);

    public static async Task<ScriptedWorker> ConnectAsync(
        Uri host, FunctionSet functions, Action<ScriptedWorker>? prepare = null, params (string Name, string Value)[] capabilities)
    {
        var worker = new ScriptedWorker(functions);
        worker.web = await StandIn.StartAsync(0, HttpProtocols.Http1, _ => { }, app => app.Run(worker.HandleAsync));
        worker.capabilities["HttpUri"] = worker.web.Address.AbsoluteUri;
        foreach (var (name, value) in capabilities)
        {
            worker.capabilities[name] = value;
        }

        prepare?.Invoke(worker);
        worker.channel = GrpcChannel.ForAddress(host);
        worker.stream = worker.channel.CreateCallInvoker().AsyncDuplexStreamingCall(EventStream, null, new CallOptions());
        worker.Say(new StreamingMessage { StartStream = new StartStream { WorkerId = "scripted" } });
        worker.work = Task.WhenAll(worker.WriteAsync(), worker.ReadAsync());
        return worker;
    }

    /// <summary>The next invocation that nobody took yet.</summary>
    public async Task<InvocationRequest> NextInvocationAsync() => await invoked.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

    /// <summary>The next request that nobody took yet.</summary>
    public async Task<RecordedRequest> NextRequestAsync() => await requested.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

    /// <summary>Completes when the host took the invocation back.</summary>
    public async Task WaitUntilCancelledAsync(string invocationId)
    {
        while (true)
        {
            var next = changed.Next;
            if (Cancelled.Contains(invocationId))
            {
                return;
            }

            await next.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    public void Say(StreamingMessage message) => outgoing.Writer.TryWrite(message);

    public async ValueTask DisposeAsync()
    {
        outgoing.Writer.TryComplete();
        stream?.Dispose();
        channel?.Dispose();
        await work;
        await (web?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var message in outgoing.Reader.ReadAllAsync(CancellationToken.None))
            {
                await stream!.RequestStream.WriteAsync(message);
            }
        }
        catch (Exception exception) when (exception is Grpc.Core.RpcException or IOException or InvalidOperationException)
        {
            // The host or the test is done with this worker.
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var message in stream!.ResponseStream.ReadAllAsync(CancellationToken.None))
            {
                Take(message);
            }
        }
        catch (Exception exception) when (exception is Grpc.Core.RpcException or IOException or InvalidOperationException)
        {
            // The host or the test is done with this worker.
        }
    }

    private void Take(StreamingMessage message)
    {
        var answer = new StreamingMessage { RequestId = message.RequestId };
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.WorkerInitRequest:
                answer.WorkerInitResponse = new WorkerInitResponse { Result = Result(true) };
                answer.WorkerInitResponse.Capabilities.Add(capabilities);
                break;
            case StreamingMessage.ContentOneofCase.FunctionsMetadataRequest:
                answer.FunctionMetadataResponse = new FunctionMetadataResponse { Result = Result(true) };
                answer.FunctionMetadataResponse.FunctionMetadataResults.Add(functions.All);
                break;
            case StreamingMessage.ContentOneofCase.FunctionLoadRequest:
                answer.FunctionLoadResponse = new FunctionLoadResponse { FunctionId = message.FunctionLoadRequest.FunctionId, Result = Result(true) };
                break;
            case StreamingMessage.ContentOneofCase.WorkerStatusRequest:
                answer.WorkerStatusResponse = new WorkerStatusResponse();
                break;
            case StreamingMessage.ContentOneofCase.InvocationCancel:
                Cancelled.Enqueue(message.InvocationCancel.InvocationId);
                changed.Raise();
                return;
            case StreamingMessage.ContentOneofCase.InvocationRequest:
                Invocations.Enqueue(message.InvocationRequest);
                changed.Raise();
                if (message.InvocationRequest.InputData.All(input => input.Data.Http is null))
                {
                    _ = RespondAsync(message.InvocationRequest, Succeeds);
                }

                // Whoever takes it may change the answers of later ones.
                invoked.Writer.TryWrite(message.InvocationRequest);
                return;
        }

        Messages.Enqueue(message);
        Say(answer);
    }

    private async Task HandleAsync(HttpContext context)
    {
        var entry = await RecordedRequest.ReadAsync(context.Request);
        Requests.Enqueue(entry);
        requested.Writer.TryWrite(entry);
        try
        {
            await Answer(context, entry);
        }
        finally
        {
            _ = RespondAsync(await InvocationAsync(entry.Headers["x-ms-invocation-id"]), HttpSucceeds);
        }
    }

    /// <summary>The invocation that belongs to a request; which of the two comes first is open.</summary>
    private async Task<InvocationRequest> InvocationAsync(string id)
    {
        while (true)
        {
            var next = changed.Next;
            if (Invocations.FirstOrDefault(invocation => invocation.InvocationId == id) is { } invocation)
            {
                return invocation;
            }

            await next;
        }
    }

    private async Task RespondAsync(InvocationRequest request, Func<InvocationRequest, Task<bool>> succeeds) => Say(new StreamingMessage
    {
        InvocationResponse = new InvocationResponse { InvocationId = request.InvocationId, Result = Result(await succeeds(request)) },
    });

    private static StatusResult Result(bool isSuccess) => isSuccess
        ? new StatusResult { Status = Status.Success }
        : new StatusResult { Status = Status.Failure, Exception = new Local.FunctionsHost.Protocol.RpcException { Message = "As the test wants it." } };
}
