using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>Shows an administrator who receives events.</summary>
internal sealed class ListEventStreams(TenantStreams streams)
{
    /// <inheritdoc cref="ListEventStreams"/>
    /// <param name="context">The call.</param>
    /// <param name="administrator">Who asks; streams of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListEventStreams))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<EventStreamList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "signals/streams")] HttpContext context,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var page = await streams.AllAsync(administrator.TenantId, cancellationToken);
        return TypedResults.Ok(new EventStreamList([.. page.Documents.OrderBy(stream => stream.CreatedAt).Select(Details)]) { Unreadable = page.Unreadable });
    }

    /// <summary>A stream as administrators see it.</summary>
    public static EventStreamDetails Details(StreamDocument stream) => new(
        stream.StreamId,
        stream.ClientId,
        string.IsNullOrEmpty(stream.Description) ? null : stream.Description.Shown(),
        stream.IsPushed,
        StreamAudit.EndpointOf(stream),
        [.. stream.EventsDelivered],
        stream.Status,
        stream.StatusReason?.Shown(),
        stream.CreatedAt,
        stream.VerifiedAt,
        stream.PolledAt);
}
