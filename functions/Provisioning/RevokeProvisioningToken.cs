using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Provisioning;

/// <summary>Revokes a provisioning token: at once here, within half a minute everywhere.</summary>
internal sealed class RevokeProvisioningToken(IdentityStore identities, ProvisioningTokens tokens, TimeProvider time)
{
    /// <inheritdoc cref="RevokeProvisioningToken"/>
    /// <param name="context">The request.</param>
    /// <param name="tokenId">The token. One that was revoked before stays so.</param>
    /// <param name="administrator">Who asks; tokens of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RevokeProvisioningToken))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "provisioning/tokens/{tokenId}")] HttpContext context,
        string tokenId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = ProvisioningTokenDocument.KeyOf(administrator.TenantId);
        var now = time.GetUtcNow();
        var result = await identities.UpdateAsync(
            key,
            stop => identities.ReadAsync<ProvisioningTokenDocument>(key, ProvisioningTokenDocument.IdOf(tokenId), stop),
            (token, attempt) =>
            {
                if (token is { RevokedAt: null })
                {
                    attempt.Batch
                        .Replace(token with { RevokedAt = now, Ttl = ProvisioningTokenViews.TtlOf(TimeSpan.Zero) })
                        .Create(key.Entry(now, administrator.Actor(), AuditActions.ProvisioningTokenRevoked, tokenId) with
                        {
                            Before = new Dictionary<string, string?> { ["name"] = token.Name },
                        });
                }

                return token is not null;
            },
            cancellationToken);
        tokens.Forget(administrator.TenantId, tokenId);
        return result switch
        {
            { Status: UpdateStatus.Contended } => Problems.TooManyConflicts(),
            { Value: true } => TypedResults.NoContent(),
            _ => Problems.NotFound("provisioning token"),
        };
    }
}
