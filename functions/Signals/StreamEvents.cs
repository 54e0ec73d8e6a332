using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Signals;

/// <summary>The events of streams, as they wait and are settled.</summary>
internal sealed class StreamEvents(IdentityStore identities, TimeProvider time)
{
    /// <summary>The condition of a patch that an event is not settled.</summary>
    private const string IsWaiting = "FROM c WHERE c.type = 'event' AND c.state = 'waiting'";

    /// <summary>The first events that wait, in their order.</summary>
    /// <param name="stream">Of which stream.</param>
    /// <param name="subject">About which user; null for all, <see cref="EventDeliveryMessage.StreamItself"/> for what is about the stream.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Only those about the stream itself, unless it is enabled.</returns>
    public async Task<IReadOnlyList<EventDocument>> WaitingAsync(
        StreamDocument stream, string? subject, int most, CancellationToken cancellationToken)
    {
        var isOfUser = subject is not (null or EventDeliveryMessage.StreamItself);
        var about = stream.Status != EventStreamStatus.Enabled || subject == EventDeliveryMessage.StreamItself
            ? "AND (NOT IS_DEFINED(c.subject) OR IS_NULL(c.subject))"
            : isOfUser ? "AND c.subject = @subject" : "";
        var page = await identities.PageAsync<EventDocument>(
            TenantStreams.EventsOf(stream.TenantId, stream.StreamId),
            $"SELECT * FROM c WHERE c.type = 'event' AND c.state = 'waiting' AND c.id > @after {about} ORDER BY c.id",
            isOfUser && about.EndsWith("@subject", StringComparison.Ordinal)
                ? [("@after", EventDocument.EndOf(stream.DroppedBefore)), ("@subject", subject!)]
                : [("@after", EventDocument.EndOf(stream.DroppedBefore))],
            most,
            EventDocument.Begin,
            cancellationToken);
        return page.Documents;
    }

    /// <summary>Events by id, those that are there.</summary>
    public async Task<IReadOnlyList<EventDocument>> FindAsync(UserKey key, IReadOnlyList<string> eventIds, CancellationToken cancellationToken)
    {
        var names = eventIds.Select((_, index) => $"@id{index}").ToArray();
        var page = await identities.PageAsync<EventDocument>(
            key,
            $"SELECT * FROM c WHERE c.type = 'event' AND c.id IN ({string.Join(", ", names)}) ORDER BY c.id",
            [.. names.Zip(eventIds, (name, id) => (name, (object)EventDocument.IdOf(id)))],
            PartitionBatch.MaxOperations,
            EventDocument.Begin,
            cancellationToken);
        return page.Documents;
    }

    /// <summary>Changes an event that is not settled yet.</summary>
    /// <param name="known">As it was read.</param>
    /// <param name="change">What becomes of it: as it is now, somebody else may have written it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The event after it; null when it was settled before, or is gone.</returns>
    public async Task<EventDocument?> ChangeAsync(EventDocument known, Func<EventDocument, EventDocument> change, CancellationToken cancellationToken)
    {
        var result = await identities.UpdateAsync<EventDocument?, EventDocument?>(
            known.Key,
            stop => identities.ReadAsync<EventDocument>(known.Key, known.Id, stop),
            (current, attempt) =>
            {
                if (current is not { State: EventDeliveryState.Waiting })
                {
                    return null;
                }

                var after = change(current);
                attempt.Batch.Replace(after);
                return after;
            },
            known,
            cancellationToken);
        return result.ValueOrTimeout("event");
    }

    /// <summary>Has events that wait behind another one looked at no earlier than that one.</summary>
    public async Task PostponeAsync(IReadOnlyList<EventDocument> behind, DateTimeOffset next, CancellationToken cancellationToken)
    {
        if (behind.Count > 0)
        {
            var batch = identities.Begin(behind[0].Key);
            foreach (var waiting in behind)
            {
                batch.Patch(waiting.Id, IsWaiting, PatchOperation.Set("/nextAttemptAt", next));
            }

            // A conflict only means that one of them was settled meanwhile: then the timer finds the others too early, which does no harm.
            await batch.CommitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Takes what waits out of the timer's sight: events of a stream that is paused are held, those of one that is disabled or gone are dropped. One
    /// portion; true when there may be more.
    /// </summary>
    /// <param name="key">The partition of the stream's events.</param>
    /// <param name="until">Up to which id.</param>
    /// <param name="isDropped">Whether they are dropped.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> SetAsideAsync(UserKey key, string until, bool isDropped, CancellationToken cancellationToken)
    {
        var scope = isDropped ? "" : "AND IS_STRING(c.nextAttemptAt) AND IS_STRING(c.subject)";
        var (ids, _) = await identities.FirstPageAsync<string>(
            key,
            $"SELECT VALUE c.id FROM c WHERE c.type = 'event' AND c.state = 'waiting' AND c.id < @until {scope} ORDER BY c.id",
            [("@until", until)],
            PartitionBatch.MaxOperations,
            cancellationToken);
        if (ids.Count == 0)
        {
            return false;
        }

        var batch = identities.Begin(key);
        var now = time.GetUtcNow();
        foreach (var id in ids)
        {
            batch.Patch(id, IsWaiting, isDropped
                ? [PatchOperation.Set<DateTimeOffset?>("/nextAttemptAt", null), PatchOperation.Set("/state", EventDeliveryState.Dropped), PatchOperation.Set("/settledAt", now)]
                : [PatchOperation.Set<DateTimeOffset?>("/nextAttemptAt", null)]);
        }

        // After a conflict it is looked at again.
        await batch.CommitAsync(cancellationToken);
        return true;
    }
}
