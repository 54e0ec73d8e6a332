using BlokSec.Local.Faults;
using BlokSec.Local.FunctionsHost.Protocol;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RpcException = Grpc.Core.RpcException;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Where workers connect: gRPC over HTTP/2 in clear text, on loopback.</summary>
internal sealed class WorkerEndpoint : FunctionRpc.FunctionRpcBase, IAsyncDisposable
{
    private StandIn? server;

    /// <summary>Takes the worker of an id; null turns it away.</summary>
    public Func<string, WorkerConnection?> Accept { get; set; } = _ => null;

    /// <summary>Where it listens.</summary>
    public Uri Address => server!.Address;

    /// <param name="port">The port; 0 for any that is free.</param>
    public static async Task<WorkerEndpoint> StartAsync(int port)
    {
        var endpoint = new WorkerEndpoint();
        endpoint.server = await StandIn.StartAsync(
            port,
            HttpProtocols.Http2,
            services =>
            {
                services.AddSingleton(endpoint);
                services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
            },
            web => web.MapGrpcService<WorkerEndpoint>());
        return endpoint;
    }

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken)
            || requestStream.Current.ContentCase != StreamingMessage.ContentOneofCase.StartStream)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "A worker begins with StartStream."));
        }

        using var connection = Accept(requestStream.Current.StartStream.WorkerId)
            ?? throw new RpcException(new Status(StatusCode.NotFound, "The host waits for no worker of this id."));
        await connection.RunAsync(requestStream, responseStream, context.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
