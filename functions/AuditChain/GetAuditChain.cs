using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.AuditChain;

/// <summary>Shows how far the tenant's audit is sealed, signed and checked, and whether it is broken.</summary>
internal sealed class GetAuditChain(IdentityStore identities, IRootStore store)
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
            [.. (chain?.Breaks ?? []).Select(known => new AuditBreakDetails(known.Number, known.Fault, AuditFaults.Words(known.Fault), known.At, known.SeenAt))]));
    }
}
