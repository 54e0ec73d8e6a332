using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Telemetry;

/// <summary>Counts requests to the database, each page of a query and each query plan included.</summary>
internal sealed class CosmosCounter : RequestHandler
{
    public override Task<ResponseMessage> SendAsync(RequestMessage request, CancellationToken cancellationToken)
    {
        Invocation.AskedCosmos();
        return base.SendAsync(request, cancellationToken);
    }
}
