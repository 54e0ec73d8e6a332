using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Signals;

/// <summary>
/// A receiver fetches its events (RFC 8936): it acknowledges or refuses those of before, and gets the next ones, the oldest first. Events that are
/// neither come again. While a stream is paused only events about the stream itself are handed out.
/// </summary>
internal sealed class PollEvents(
    IdentityStore identities, StreamWrites writes, StreamEvents events, EventKeys keys, HeldEventPolls held, TimeProvider time)
{
    private const int SettledAtOnce = 50;

    private static readonly TimeSpan PolledEvery = TimeSpan.FromMinutes(1);

    /// <inheritdoc cref="PollEvents"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="streamId">Which stream.</param>
    /// <param name="receiver">Who polls; the streams of others do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(PollEvents))]
    [Authorize(ApplicationPolicies.EventsReceive)]
    [ProducesResponseType<PollAnswer>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.InvalidRequest, ProblemCodes.NotFound, ProblemCodes.PayloadTooLarge, ProblemCodes.UnsupportedMediaType)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "ssf/{tenantId}/streams/{streamId}/poll")] HttpContext context,
        string tenantId,
        string streamId,
        CallingApplication receiver,
        CancellationToken cancellationToken)
    {
        var request = PollRequest.Read(await ReceiverBodies.ReadAsync(context, cancellationToken));
        if (await writes.OwnAsync(tenantId, receiver, streamId, cancellationToken) is not { IsPushed: false } stream)
        {
            return Problems.NotFound("stream that is polled");
        }

        await SettleAsync(stream, request.Settled, cancellationToken);
        await NoteAsync(stream, cancellationToken);
        if (request.MaxEvents == 0)
        {
            return Answer([], request.MaxEvents);
        }

        var found = await LookAsync(stream, request, cancellationToken);
        if (found.Count == 0 && !request.ReturnImmediately)
        {
            found = await held.WaitAsync(context, receiver, LookAgainAsync, cancellationToken);
        }

        return Answer(found, request.MaxEvents);

        // The stream may be paused, disabled or deleted meanwhile.
        async Task<IReadOnlyList<EventDocument>> LookAgainAsync(CancellationToken stop) =>
            await LookAsync(stream, request, stop) is { Count: > 0 } && await writes.OwnAsync(tenantId, receiver, streamId, stop) is { } current
                ? await LookAsync(current, request, stop)
                : [];
    }

    /// <summary>One more than are handed out, to know whether there are more.</summary>
    private Task<IReadOnlyList<EventDocument>> LookAsync(StreamDocument stream, PollRequest request, CancellationToken cancellationToken) =>
        events.WaitingAsync(stream, subject: null, request.MaxEvents + 1, cancellationToken);

    private IResult Answer(IReadOnlyList<EventDocument> found, int most)
    {
        var sets = found.Take(most).ToDictionary(waiting => waiting.EventId, waiting => keys.Sign(waiting.Claims));
        return ReceiverBodies.Answer(new PollAnswer(sets, found.Count > most));
    }

    /// <summary>Ids of other streams, and those that are unknown, are passed over.</summary>
    private async Task SettleAsync(StreamDocument stream, IReadOnlyDictionary<string, string?> settled, CancellationToken cancellationToken)
    {
        var key = TenantStreams.EventsOf(stream.TenantId, stream.StreamId);
        var own = settled.Where(pair => pair.Key.EndsWith($".{stream.StreamId}", StringComparison.Ordinal) && pair.Key.All(IsOfId));
        foreach (var part in own.Chunk(SettledAtOnce))
        {
            var result = await identities.UpdateAsync(
                key,
                stop => events.FindAsync(key, [.. part.Select(pair => pair.Key)], stop),
                (found, attempt) =>
                {
                    foreach (var waiting in found.Where(known => known.State == EventDeliveryState.Waiting))
                    {
                        attempt.Batch.Replace(EventOutcomes.Fetched(waiting, settled[waiting.EventId], time.GetUtcNow()));
                    }

                    return found.Where(known => known.State == EventDeliveryState.Waiting).ToList();
                },
                cancellationToken);
            foreach (var fetched in result.ValueOrTimeout("events")!)
            {
                Measures.EventDelivery(
                    settled[fetched.EventId] is null ? EventDeliveryState.Delivered : EventDeliveryState.Refused, time.GetUtcNow() - fetched.CreatedAt);
            }
        }
    }

    private static bool IsOfId(char character) => char.IsAsciiHexDigitLower(character) || character == '.';

    /// <summary>For the administrator, who sees whether a receiver still polls.</summary>
    private async Task NoteAsync(StreamDocument stream, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (stream.PolledAt is null || stream.PolledAt + PolledEvery < now)
        {
            await identities.TryPatchAsync(
                stream.Key, stream.Id, "FROM c WHERE c.type = 'stream'", [PatchOperation.Set("/polledAt", now)], cancellationToken);
        }
    }
}
