using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>A receiver enables, pauses or disables a stream (Shared Signals Framework 1.0, section 8.1.2.2).</summary>
internal sealed class SetStreamStatus(StreamWrites writes, TimeProvider time)
{
    /// <inheritdoc cref="SetStreamStatus"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SetStreamStatus))]
    [Authorize(ApplicationPolicies.EventsReceive)]
    [ProducesResponseType<StreamStatusAnswer>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.InvalidRequest, ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.PayloadTooLarge, ProblemCodes.UnsupportedMediaType)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "ssf/{tenantId}/status")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        CancellationToken cancellationToken)
    {
        var body = await ReceiverBodies.ReadAsync(context, cancellationToken);
        var streamId = body.StreamId();
        if (StreamStatuses.Parse(body.Text("status", 20)) is not { } status)
        {
            return Problems.InvalidRequest("status", "is enabled, paused or disabled");
        }

        var reason = DisplayTexts.Clean(body.Text("reason", 1_000), 200);
        var now = time.GetUtcNow();
        return await writes.ChangeAsync(
            tenantId,
            receiver,
            streamId,
            AuditActions.StreamStatusChanged,
            stream => (null, stream.With(status, reason, isTold: false, now)),
            stream => ReceiverBodies.Answer(StreamStatuses.Show(stream)),
            cancellationToken);
    }
}
