using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Signals;

/// <summary>Changes of streams by their receivers.</summary>
internal sealed class StreamWrites(IdentityStore identities, TenantStreams streams, StreamConfigurations configurations, SignalDispatch dispatch, TimeProvider time)
{
    /// <summary>Changes the configuration.</summary>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="change">What becomes of the stream.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IResult> ConfigureAsync(
        HttpContext context,
        string tenantId,
        CallingApplication receiver,
        Func<StreamDocument, StreamRequest, StreamDocument> change,
        CancellationToken cancellationToken)
    {
        var body = await ReceiverBodies.ReadAsync(context, cancellationToken);
        var streamId = body.StreamId();
        if (await OwnAsync(tenantId, receiver, streamId, cancellationToken) is null)
        {
            return Problems.NotFound("stream");
        }

        var request = configurations.Read(body);
        return await ChangeAsync(
            tenantId,
            receiver,
            streamId,
            AuditActions.StreamChanged,
            stream => (configurations.Refuse(stream, request), change(stream, request)),
            stream => ReceiverBodies.Answer(configurations.Show(stream)),
            cancellationToken);
    }

    /// <summary>A stream of the receiver; null when there is none.</summary>
    public async Task<StreamDocument?> OwnAsync(string tenantId, CallingApplication receiver, string? streamId, CancellationToken cancellationToken) =>
        receiver.TenantId == tenantId ? await streams.FindAsync(receiver, streamId, cancellationToken) : null;

    /// <summary>Changes a stream, with an entry for the auditor; what waits in it is queued if the change says so.</summary>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks.</param>
    /// <param name="streamId">Which stream.</param>
    /// <param name="action">What the auditor reads; null for nothing.</param>
    /// <param name="change">Why it is refused, or what becomes of the stream.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IResult> ChangeAsync(
        string tenantId,
        CallingApplication receiver,
        string streamId,
        string? action,
        Func<StreamDocument, (IResult? Refusal, StreamDocument After)> change,
        Func<StreamDocument, IResult> answer,
        CancellationToken cancellationToken)
    {
        StreamDocument? queued = null;
        var result = await identities.UpdateAsync<StreamDocument?, IResult>(
            TenantStreams.KeyOf(tenantId),
            stop => OwnAsync(tenantId, receiver, streamId, stop),
            (stream, attempt) =>
            {
                queued = null;
                if (stream is null)
                {
                    return Problems.NotFound("stream");
                }

                var (refusal, after) = change(stream);
                if (refusal is not null)
                {
                    return refusal;
                }

                if (after != stream)
                {
                    attempt.Batch.Replace(after);
                    if (action is not null)
                    {
                        attempt.Batch.Create(StreamAudit.Entry(after, receiver, action, time.GetUtcNow()));
                    }
                }

                queued = after.NextAttemptAt != stream.NextAttemptAt && after.NextAttemptAt is not null ? after : null;
                return answer(after);
            },
            cancellationToken);
        if (result.IsWritten && queued is not null)
        {
            await dispatch.TryAsync(queued, subject: null, $"{queued.NextAttemptAt!.Value.UtcTicks:x}");
        }

        return result.Value ?? Problems.TooManyConflicts();
    }
}
