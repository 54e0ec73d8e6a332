using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuditChain;

/// <summary>Shows how far the tenant's audit is sealed, signed, checked and streamed, and whether it is broken.</summary>
internal sealed class GetAuditChain(IdentityStore identities, IRootStore store, IOptions<AuditStreamOptions> streams)
{
    /// <inheritdoc cref="GetAuditChain"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetAuditChain))]
    [Authorize(AdminPolicies.AuditRead)]
    [ProducesResponseType<AuditChainDetails>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "audit/chain")] HttpContext context,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        // Before the head, which no place is past then.
        var places = new List<(string Name, AuditStreamDocument? Cursor, bool IsReadable)>();
        foreach (var name in AuditStreamNames.Of(streams.Value))
        {
            places.Add(await PlaceAsync(administrator.TenantId, name, cancellationToken));
        }

        var chain = await identities.ReadAsync<AuditChainDocument>(
            AuditEntries.KeyOf(administrator.TenantId), AuditChainDocument.DocumentId, cancellationToken);

        return TypedResults.Ok(new AuditChainDetails(
            chain?.Number ?? 0,
            chain?.SealedAt,
            chain?.Hash,
            chain?.Signed ?? 0,
            chain?.SignedAt,
            chain?.KeyId,
            store.IsOutOfReach,
            chain?.Check?.CompletedAt,
            chain?.Check?.CompletedTo ?? 0,
            [.. (chain?.Breaks ?? []).Select(known => new AuditBreakDetails(known.Number, known.Fault, AuditFaults.Words(known.Fault), known.At, known.SeenAt))])
        {
            Streams = [.. places.Select(place => Details(place.Name, place.Cursor, place.IsReadable, chain?.Number ?? 0))],
        });
    }

    private async Task<(string Name, AuditStreamDocument? Cursor, bool IsReadable)> PlaceAsync(string tenantId, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (name, await identities.ReadAsync<AuditStreamDocument>(AuditEntries.KeyOf(tenantId), AuditStreamDocument.IdOf(name), cancellationToken), true);
        }
        catch (UnreadableDocumentException)
        {
            return (name, null, false);
        }
    }

    private static AuditStreamDetails Details(string name, AuditStreamDocument? cursor, bool isReadable, long blocks) => cursor switch
    {
        null when !isReadable => new AuditStreamDetails(name, 0, blocks, SentAt: null, Failures: 1, "How far it was sent cannot be read.", NotBefore: null),
        null => new AuditStreamDetails(name, 0, blocks, SentAt: null, Failures: 0, Fault: null, NotBefore: null),
        { } astray when astray.IsAstray(blocks) =>
            new AuditStreamDetails(name, 0, blocks, astray.SentAt, Math.Max(1, astray.Failures), AuditStreamDocument.Astray, astray.NotBefore),
        _ => new AuditStreamDetails(name, cursor.Block, blocks - cursor.Block, cursor.SentAt, cursor.Failures, cursor.Fault, cursor.NotBefore),
    };
}
