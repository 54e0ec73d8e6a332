using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>An administrator pauses a stream or lets it continue. The receiver is told with a <c>stream-updated</c> event.</summary>
internal sealed class SetEventStreamStatus(IdentityStore identities, TenantStreams streams, SignalDispatch dispatch, TimeProvider time)
{
    /// <inheritdoc cref="SetEventStreamStatus"/>
    /// <param name="context">The call.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="request">The new status.</param>
    /// <param name="administrator">Who asks; streams of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SetEventStreamStatus))]
    [Authorize(AdminPolicies.ApplicationsManage)]
    [ProducesResponseType<EventStreamDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "signals/streams/{streamId}/status")] HttpContext context,
        string streamId,
        SetEventStreamStatusRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        if (request.Status == EventStreamStatus.Disabled)
        {
            return Problems.InvalidRequest("status", "is enabled or paused; only the receiver disables its stream");
        }

        var now = time.GetUtcNow();
        var result = await identities.UpdateAsync<StreamDocument?, StreamDocument?>(
            TenantStreams.KeyOf(administrator.TenantId),
            stop => streams.FindAsync(administrator.TenantId, streamId, stop),
            (stream, attempt) => Decide(stream, attempt.Batch, request, administrator, now),
            cancellationToken);
        if (result.Status == UpdateStatus.Contended)
        {
            return Problems.TooManyConflicts();
        }

        if (result.Value is not { } after)
        {
            return Problems.NotFound("stream");
        }

        if (result.IsWritten)
        {
            await dispatch.TryAsync(after, subject: null, $"{now.UtcTicks:x}");
        }

        return TypedResults.Ok(ListEventStreams.Details(after));
    }

    private static StreamDocument? Decide(
        StreamDocument? stream, PartitionBatch batch, SetEventStreamStatusRequest request, Administrator administrator, DateTimeOffset now)
    {
        if (stream is null || stream.Status == request.Status)
        {
            return stream;
        }

        var after = stream.With(request.Status, request.Reason, isTold: true, now);
        batch.Replace(after).Create(StreamAudit.Entry(after, administrator.Actor(), AuditActions.StreamStatusChanged, now) with { Reason = request.Reason });
        return after;
    }
}
