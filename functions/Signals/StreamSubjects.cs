using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>Which subjects a receiver took out of a stream: a document for each, in the partition of the stream's events.</summary>
internal sealed class StreamSubjects(IdentityStore identities, StreamWrites writes, EventFactory factory, IOptions<SignalOptions> options)
{
    /// <summary>Takes a subject out, or puts it in again.</summary>
    /// <returns>Why not; null when it is so now.</returns>
    public async Task<IResult?> ChangeAsync(
        HttpContext context, string tenantId, CallingApplication receiver, bool isRemoved, CancellationToken cancellationToken)
    {
        var body = await ReceiverBodies.ReadAsync(context, cancellationToken);
        var streamId = body.StreamId();
        if (body.Member("subject") is not { } subject || !Subjects.IsSubject(subject))
        {
            return Problems.InvalidRequest("subject", "is a subject identifier (RFC 9493)");
        }

        if (await writes.OwnAsync(tenantId, receiver, streamId, cancellationToken) is not { } stream)
        {
            return Problems.NotFound("stream");
        }

        if (Subjects.ExclusionOf(subject, factory.IssuerOf(tenantId)) is not { } documentId)
        {
            // No event of ours is about such a subject.
            return null;
        }

        var key = TenantStreams.EventsOf(tenantId, streamId);
        var known = await identities.ReadAsync<RemovedSubjectDocument>(key, documentId, cancellationToken) is not null;
        if (known == isRemoved)
        {
            return null;
        }

        if (isRemoved && stream.RemovedSubjects >= options.Value.MaxRemovedSubjects)
        {
            return Problems.Of(
                ProblemCodes.TooManyRequests, $"{options.Value.MaxRemovedSubjects} subjects were taken out of this stream, as many as allowed.");
        }

        // Counted before it is stored and uncounted after it is deleted: while the count is 0, nobody looks for documents.
        if (isRemoved && await CountAsync(tenantId, receiver, streamId, +1, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var batch = identities.Begin(key);
        if (isRemoved)
        {
            batch.Create(new RemovedSubjectDocument { Id = documentId, TenantId = key.TenantId, UserId = key.UserId });
        }
        else
        {
            batch.Delete(documentId);
        }

        // A conflict: another call has just done the same.
        var written = await batch.CommitAsync(cancellationToken);
        return written == BatchResult.Committed && !isRemoved ? await CountAsync(tenantId, receiver, streamId, -1, cancellationToken) : null;
    }

    private async Task<IResult?> CountAsync(
        string tenantId, CallingApplication receiver, string streamId, int change, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var answer = await writes.ChangeAsync(
            tenantId,
            receiver,
            streamId,
            action: null,
            stream => (null, stream with { RemovedSubjects = Math.Max(0, stream.RemovedSubjects + change) }),
            static _ => Done.Instance,
            cancellationToken);
        if (answer is not Done)
        {
            refusal = answer;
        }

        return refusal;
    }

    private sealed class Done : IResult
    {
        public static readonly Done Instance = new();

        public Task ExecuteAsync(HttpContext httpContext) => Task.CompletedTask;
    }
}
