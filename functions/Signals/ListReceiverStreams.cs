using System.ComponentModel;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>A receiver reads the configuration of one of its streams, or of all (Shared Signals Framework 1.0, section 8.1.1.2).</summary>
internal sealed class ListReceiverStreams(TenantStreams streams, StreamConfigurations configurations)
{
    /// <inheritdoc cref="ListReceiverStreams"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="streamId">Which stream; all without it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListReceiverStreams))]
    [Authorize(EventReceivers.Read)]
    [ProducesResponseType<StreamAnswer>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ssf/{tenantId}/streams")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        [FromQuery(Name = "stream_id"), Description("Which stream; all without it.")] string? streamId,
        CancellationToken cancellationToken)
    {
        if (receiver.TenantId != tenantId)
        {
            return Problems.NotFound("issuer");
        }

        if (streamId is not null)
        {
            return await streams.FindAsync(receiver, streamId, cancellationToken) is { } stream
                ? ReceiverBodies.Answer(configurations.Show(stream))
                : Problems.NotFound("stream");
        }

        var all = await streams.AllAsync(tenantId, cancellationToken);
        return ReceiverBodies.Answer(all.Documents.Where(stream => stream.ClientId == receiver.ClientId).Select(configurations.Show).ToList());
    }
}
