using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Provisioning;

/// <summary>Makes a provisioning token, which is shown this once.</summary>
internal sealed class CreateProvisioningToken(IdentityStore identities, TimeProvider time)
{
    /// <summary>Tokens of one tenant that are valid at the same time: enough to change them one by one.</summary>
    public const int MaxValid = 20;

    private const int DefaultDays = 180;

    /// <inheritdoc cref="CreateProvisioningToken"/>
    /// <param name="context">The request.</param>
    /// <param name="request">What it is for, and how long.</param>
    /// <param name="administrator">Who asks; the token is for the same tenant.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(CreateProvisioningToken))]
    [Authorize(AdminPolicies.UsersManage)]
    [RecentSignIn]
    [ProducesResponseType<CreatedProvisioningToken>(StatusCodes.Status201Created)]
    [Refuses(ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "provisioning/tokens")] HttpContext context,
        CreateProvisioningTokenRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var known = await identities.ProvisioningTokensAsync(administrator.TenantId, cancellationToken);
        if (known.Count(stored => stored.IsValidAt(now)) >= MaxValid)
        {
            return Problems.Of(ProblemCodes.Conflict, $"A tenant has at most {MaxValid} valid provisioning tokens. Revoke one first.");
        }

        var token = ProvisioningToken.Create(administrator.TenantId, now);
        var expiresAt = now + TimeSpan.FromDays(request.ExpiresInDays ?? DefaultDays);
        var key = ProvisioningTokenDocument.KeyOf(administrator.TenantId);
        var document = new ProvisioningTokenDocument
        {
            Id = ProvisioningTokenDocument.IdOf(token.TokenId),
            TenantId = key.TenantId,
            UserId = key.UserId,
            TokenId = token.TokenId,
            Name = request.Name,
            Digest = token.Digest,
            CreatedAt = now,
            CreatedBy = administrator.Name,
            ExpiresAt = expiresAt,
            Ttl = ProvisioningTokenViews.TtlOf(expiresAt - now),
        };
        var entry = key.Entry(now, administrator.Actor(), AuditActions.ProvisioningTokenCreated, token.TokenId) with
        {
            After = new Dictionary<string, string?> { ["name"] = request.Name, ["expiresAt"] = expiresAt.ToString("O") },
        };
        await identities.Begin(key).Create(document).Create(entry).CommitAsync(cancellationToken);
        return TypedResults.Created((string?)null, new CreatedProvisioningToken(token.Text, document.ToDetails()));
    }
}
