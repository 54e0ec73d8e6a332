using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>An administrator has an event sent once more: the same token id, so that a receiver that took it before passes over it.</summary>
internal sealed class SendEventAgain(
    IdentityStore identities, TenantStreams streams, SignalDispatch dispatch, IOptions<SignalOptions> options, TimeProvider time)
{
    /// <inheritdoc cref="SendEventAgain"/>
    /// <param name="context">The call.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="eventId">The event.</param>
    /// <param name="administrator">Who asks; streams of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SendEventAgain))]
    [Authorize(AdminPolicies.ApplicationsManage)]
    [ProducesResponseType<EventDeliveryDetails>(StatusCodes.Status202Accepted)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "signals/streams/{streamId}/events/{eventId}/delivery")] HttpContext context,
        string streamId,
        string eventId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        if (await streams.FindAsync(administrator.TenantId, streamId, cancellationToken) is not { } stream)
        {
            return Problems.NotFound("stream");
        }

        if (stream.Status == EventStreamStatus.Disabled)
        {
            return Problems.Of(ProblemCodes.Conflict, "The stream is disabled: no event is sent.");
        }

        var key = TenantStreams.EventsOf(administrator.TenantId, streamId);
        var now = time.GetUtcNow();
        var result = await identities.UpdateAsync<EventDocument?, EventDocument?>(
            key,
            stop => identities.ReadAsync<EventDocument>(key, EventDocument.IdOf(eventId), stop),
            (known, attempt) => Decide(known, attempt.Batch, stream, administrator, now),
            cancellationToken);
        if (result.Status == UpdateStatus.Contended)
        {
            return Problems.TooManyConflicts();
        }

        if (result.Value is not { } again)
        {
            return Problems.NotFound("event");
        }

        if (stream.IsPushed)
        {
            await dispatch.TryAsync(stream, again.Subject ?? EventDeliveryMessage.StreamItself, $"{eventId[..44]}.{now.UtcTicks:x}");
        }

        return TypedResults.Accepted((string?)null, ListEventDeliveries.Details(again, stream));
    }

    /// <summary>An event that was dropped stays behind the point from which the stream is sent; it is not brought back.</summary>
    private EventDocument? Decide(EventDocument? known, PartitionBatch batch, StreamDocument stream, Administrator administrator, DateTimeOffset now)
    {
        if (known is null || known.CreatedAt <= stream.DroppedBefore)
        {
            return null;
        }

        var again = EventOutcomes.Again(known, stream.IsPushed, TimeSpan.FromDays(options.Value.RetryDays), now);
        batch.Replace(again).Create(known.Key.Entry(now, administrator.Actor(), AuditActions.EventSentAgain, known.EventId));
        return again;
    }
}
