using System.ComponentModel;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>A receiver reads the status of a stream (Shared Signals Framework 1.0, section 8.1.2.1).</summary>
internal sealed class GetStreamStatus(StreamWrites writes)
{
    /// <inheritdoc cref="GetStreamStatus"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="streamId">Which stream.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetStreamStatus))]
    [Authorize(EventReceivers.Read)]
    [ProducesResponseType<StreamStatusAnswer>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ssf/{tenantId}/status")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        [FromQuery(Name = "stream_id"), Description("Which stream.")] string? streamId,
        CancellationToken cancellationToken) =>
        await writes.OwnAsync(tenantId, receiver, streamId, cancellationToken) is { } stream
            ? ReceiverBodies.Answer(StreamStatuses.Show(stream))
            : Problems.NotFound("stream");
}
