using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>Shows an administrator the events of a stream and how far each is, the newest first.</summary>
internal sealed class ListEventDeliveries(IdentityStore identities, TenantStreams streams)
{
    private const int DefaultPageSize = 50;

    private const int MaxPageSize = 200;

    /// <inheritdoc cref="ListEventDeliveries"/>
    /// <param name="context">The call.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="administrator">Who asks; streams of other tenants do not exist.</param>
    /// <param name="pageSize">How many events to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListEventDeliveries))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<EventDeliveryList>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "signals/streams/{streamId}/events")] HttpContext context,
        string streamId,
        Administrator administrator,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeId(continuation, EventDocument.Begin, out var before))
        {
            return Problems.InvalidContinuation();
        }

        if (await streams.FindAsync(administrator.TenantId, streamId, cancellationToken) is not { } stream)
        {
            return Problems.NotFound("stream");
        }

        before ??= EventDocument.End;
        var page = await identities.PageAsync<EventDocument>(
            TenantStreams.EventsOf(administrator.TenantId, streamId),
            "SELECT * FROM c WHERE c.type = 'event' AND c.id < @before ORDER BY c.id DESC",
            [("@before", before)],
            pageSize ?? DefaultPageSize,
            before,
            cancellationToken);
        return TypedResults.Ok(new EventDeliveryList([.. page.Documents.Select(shown => Details(shown, stream))], Continuations.Encode(page.Next))
        {
            Unreadable = page.Unreadable,
        });
    }

    /// <summary>An event as administrators see it; never its token.</summary>
    public static EventDeliveryDetails Details(EventDocument shown, StreamDocument stream) => new(
        shown.EventId,
        shown.EventType,
        shown.Subject,
        shown.State == EventDeliveryState.Waiting && shown.CreatedAt <= stream.DroppedBefore ? EventDeliveryState.Dropped : shown.State,
        shown.Reason?.Shown(),
        shown.CreatedAt,
        shown.SettledAt,
        shown.NextAttemptAt,
        shown.Attempts,
        [.. shown.History.Select(attempt => new EventAttemptDetails(attempt.At, attempt.Outcome.Shown()))]);
}
