using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Signals;

/// <summary>
/// Pushes what waits in a stream: the events about one user in their order, or all of them. The first that the receiver does not take holds up
/// the later ones about the same user, and nobody else's.
/// </summary>
internal sealed class DeliverEvent(
    IdentityStore identities, TenantStreams streams, StreamEvents events, EventFactory factory, EventPush push, TimeProvider time)
    : IQueueFunction<EventDeliveryMessage>
{
    /// <summary>Events that one message pushes: all that one change of a user can make.</summary>
    private const int AtOnce = 64;

    /// <summary>How long one message pushes: less than the host allows. The next one continues.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <inheritdoc cref="DeliverEvent"/>
    /// <param name="message">Which stream, and which user's events.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(DeliverEvent))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.EventDeliveries, Connection = QueueOptions.Section)] EventDeliveryMessage message, CancellationToken cancellationToken)
    {
        var key = TenantStreams.EventsOf(message.TenantId, message.StreamId);
        if (await streams.FindAsync(message.TenantId, message.StreamId, cancellationToken) is not { } stream)
        {
            return await events.SetAsideAsync(key, EventDocument.End, isDropped: true, cancellationToken) ? Again() : Outcome.Done.Instance;
        }

        if (stream.Notice is not null)
        {
            stream = await AnnounceAsync(stream, cancellationToken);
        }

        if (stream.DroppedBefore is not null
            && await events.SetAsideAsync(key, EventDocument.EndOf(stream.DroppedBefore), isDropped: true, cancellationToken))
        {
            return Again();
        }

        var outcome = stream.IsPushed ? await PushAllAsync(stream, message, cancellationToken) : Outcome.Done.Instance;
        if (outcome is Outcome.Done && stream.Status != EventStreamStatus.Enabled
            && await events.SetAsideAsync(key, EventDocument.End, isDropped: false, cancellationToken))
        {
            return Again();
        }

        if (message.Subject is null)
        {
            await MarkAsync(stream, (outcome as Outcome.Later)?.When, cancellationToken);
        }

        return outcome;
    }

    /// <summary>Each event tells how often it failed; those that were never tried are found by the timer.</summary>
    public Task GiveUpAsync(EventDeliveryMessage message, string reason, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<Outcome> PushAllAsync(StreamDocument stream, EventDeliveryMessage message, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var waiting = await events.WaitingAsync(stream, message.Subject, AtOnce, cancellationToken);
        foreach (var (index, pushed) in waiting.Index())
        {
            if (pushed.NextAttemptAt > time.GetUtcNow())
            {
                return new Outcome.Later(pushed.NextAttemptAt.Value) { IsRecorded = true };
            }

            if (Stopwatch.GetElapsedTime(start) > Longest && index > 0)
            {
                return Again();
            }

            pushed.EnsureWritable();
            var result = await push.SendAsync(stream, pushed, cancellationToken);
            var after = await events.ChangeAsync(pushed, current => EventOutcomes.After(current, result, time.GetUtcNow()), cancellationToken);
            Measures.EventDelivery(after?.State ?? EventDeliveryState.Delivered, time.GetUtcNow() - pushed.CreatedAt);
            if (after?.NextAttemptAt is { } next)
            {
                await events.PostponeAsync([.. waiting.Skip(index + 1).Where(behind => behind.Subject == pushed.Subject)], next, cancellationToken);
                return new Outcome.Later(next) { IsRecorded = true };
            }
        }

        return waiting.Count == AtOnce ? Again() : Outcome.Done.Instance;
    }

    /// <summary>Makes the event that tells the receiver of its new status; once, however often it is tried.</summary>
    private async Task<StreamDocument> AnnounceAsync(StreamDocument stream, CancellationToken cancellationToken)
    {
        var told = factory.StreamUpdated(stream, stream.Notice!);
        if (await identities.ReadAsync<EventDocument>(told.Key, told.Id, cancellationToken) is null)
        {
            // A conflict means that somebody else has just made it.
            await identities.Begin(told.Key).Create(told).CommitAsync(cancellationToken);
        }

        var written = await identities.UpdateAsync<StreamDocument?, StreamDocument?>(
            stream.Key,
            stop => streams.FindAsync(stream.TenantId, stream.StreamId, stop),
            (current, attempt) =>
            {
                if (current?.Notice != stream.Notice)
                {
                    return current;
                }

                var after = current! with { Notice = null };
                attempt.Batch.Replace(after);
                return after with { ETag = null };
            },
            known: stream,
            cancellationToken);
        return written.ValueOrTimeout("stream") ?? stream;
    }

    /// <summary>Writes when the stream has to be looked at again, unless its configuration changed meanwhile.</summary>
    private async Task MarkAsync(StreamDocument stream, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        if (stream.NextAttemptAt != next)
        {
            await identities.TryPatchAsync(
                stream.Key,
                stream.Id,
                $"FROM c WHERE c.status = '{EventFactory.WordOf(stream.Status)}' AND (NOT IS_DEFINED(c.notice) OR IS_NULL(c.notice))",
                [PatchOperation.Set("/nextAttemptAt", next)],
                cancellationToken);
        }
    }

    private Outcome.Later Again() => new(time.GetUtcNow());
}
