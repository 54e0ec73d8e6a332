using System.ComponentModel;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>A receiver deletes a stream (Shared Signals Framework 1.0, section 8.1.1.5). What waits in it is not sent any more.</summary>
internal sealed class DeleteStream(IdentityStore identities, StreamWrites writes, SignalDispatch dispatch, TimeProvider time)
{
    /// <inheritdoc cref="DeleteStream"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="streamId">Which stream.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(DeleteStream))]
    [Authorize(ApplicationPolicies.EventsReceive)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "ssf/{tenantId}/streams")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        [FromQuery(Name = "stream_id"), Description("Which stream.")] string? streamId,
        CancellationToken cancellationToken)
    {
        var key = TenantStreams.KeyOf(tenantId);
        StreamDocument? deleted = null;
        var result = await identities.UpdateAsync(
            key,
            async stop => new Found(
                await writes.OwnAsync(tenantId, receiver, streamId, stop),
                await identities.ReadAsync<StreamCountDocument>(key, StreamCountDocument.DocumentId, stop)),
            (found, attempt) =>
            {
                if (found.Stream is not { } stream)
                {
                    // By an earlier attempt of this very call, whose answer was lost on its way.
                    return attempt.Number > 0 && deleted is not null;
                }

                deleted = stream;
                attempt.Batch.Delete(stream.Id).Create(StreamAudit.Entry(stream, receiver, AuditActions.StreamDeleted, time.GetUtcNow()));
                if (found.Count is { } count)
                {
                    attempt.Batch.Replace(count with { Count = Math.Max(0, count.Count - 1) });
                }

                return true;
            },
            cancellationToken);
        if (result.Status == UpdateStatus.Contended)
        {
            return Problems.TooManyConflicts();
        }

        if (!result.Value)
        {
            return Problems.NotFound("stream");
        }

        await dispatch.TryAsync(deleted!, subject: null, "deleted");
        return TypedResults.NoContent();
    }

    private sealed record Found(StreamDocument? Stream, StreamCountDocument? Count);
}
