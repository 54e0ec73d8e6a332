using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Provisioning;

/// <summary>Lists the provisioning tokens of the tenant, the newest first.</summary>
internal sealed class ListProvisioningTokens(IdentityStore identities, PublicAddress address)
{
    /// <inheritdoc cref="ListProvisioningTokens"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only tokens of the same tenant are shown.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListProvisioningTokens))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType<ProvisioningTokenList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "provisioning/tokens")] HttpContext context,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var tokens = await identities.ProvisioningTokensAsync(administrator.TenantId, cancellationToken);
        return TypedResults.Ok(new ProvisioningTokenList($"{address.Url}/api/scim/v2", [.. tokens.Select(token => token.ToDetails())]));
    }
}
