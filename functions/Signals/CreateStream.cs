using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>A receiver makes a stream (Shared Signals Framework 1.0, section 8.1.1.1). It may have several.</summary>
internal sealed class CreateStream(IdentityStore identities, TenantStreams streams, StreamConfigurations configurations, IOptions<SignalOptions> options)
{
    /// <summary>A stream of this age is known to every instance, whatever their clocks differ by.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);

    /// <inheritdoc cref="CreateStream"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who receives.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(CreateStream))]
    [Authorize(ApplicationPolicies.EventsReceive)]
    [ProducesResponseType<StreamAnswer>(StatusCodes.Status201Created)]
    [Refuses(ProblemCodes.InvalidRequest, ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.PayloadTooLarge, ProblemCodes.UnsupportedMediaType)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "ssf/{tenantId}/streams")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        CancellationToken cancellationToken)
    {
        if (receiver.TenantId != tenantId)
        {
            return Problems.NotFound("issuer");
        }

        var stream = configurations.Create(receiver, configurations.Read(await ReceiverBodies.ReadAsync(context, cancellationToken)));
        var key = TenantStreams.KeyOf(tenantId);
        var mayBeRemembered = true;
        var result = await identities.UpdateAsync(
            key,
            async stop => new Found(
                await identities.ReadAsync<StreamCountDocument>(key, StreamCountDocument.DocumentId, stop), await streams.AllAsync(tenantId, stop)),
            (found, attempt) =>
            {
                mayBeRemembered = found.Streams.Documents.All(known => known.StreamId == stream.StreamId || stream.CreatedAt - known.CreatedAt < Settled);
                return Decide(found, attempt.Batch, stream, receiver);
            },
            cancellationToken);
        if (result.Status == UpdateStatus.Contended || result.Value is not null)
        {
            return result.Value ?? Problems.TooManyConflicts();
        }

        await streams.AddedAsync(tenantId, mayBeRemembered, cancellationToken);
        return ReceiverBodies.Answer(configurations.Show(stream), StatusCodes.Status201Created);
    }

    private IResult? Decide(Found found, PartitionBatch batch, StreamDocument stream, CallingApplication receiver)
    {
        var all = found.Streams;
        if (all.Documents.Any(known => known.StreamId == stream.StreamId))
        {
            // By the first attempt of this very call, whose answer was lost on its way from the database.
            return null;
        }

        if (all.Documents.Count + all.Unreadable >= options.Value.MaxStreams)
        {
            return Problems.Of(ProblemCodes.Conflict, $"There are {options.Value.MaxStreams} streams in this tenant, as many as allowed.");
        }

        if (all.Documents.Count(known => known.ClientId == receiver.ClientId) >= options.Value.MaxStreamsPerReceiver)
        {
            return Problems.Of(
                ProblemCodes.Conflict, $"This receiver has {options.Value.MaxStreamsPerReceiver} streams, as many as allowed. Read, change or delete them.");
        }

        var count = found.Count ?? new StreamCountDocument { Id = StreamCountDocument.DocumentId, TenantId = stream.TenantId, UserId = stream.UserId };
        batch.Write(count with { Count = all.Documents.Count + all.Unreadable + 1 })
            .Create(stream)
            .Create(StreamAudit.Entry(stream, receiver, AuditActions.StreamCreated, stream.CreatedAt));
        return null;
    }

    private sealed record Found(StreamCountDocument? Count, DocumentPage<StreamDocument> Streams);
}
