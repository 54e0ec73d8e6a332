using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.SignIns;

/// <summary>Shows all that is known of one sign-in request of a user.</summary>
internal sealed class ShowAuthenticationRequest(IdentityStore identities, TimeProvider time)
{
    /// <inheritdoc cref="ShowAuthenticationRequest"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="requestId">The sign-in request.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ShowAuthenticationRequest))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<AuthenticationRequestRecord>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/authentication-requests/{requestId}")] HttpContext context,
        string userId,
        string requestId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        if (await identities.ReadAsync<AuthenticationRequestDocument>(key, AuthenticationRequestDocument.IdOf(requestId), cancellationToken) is not { } request)
        {
            return Problems.NotFound("sign-in request");
        }

        string[] devices = [.. new[] { request.DeviceId, request.AnsweredBy }.OfType<string>().Distinct()];
        var known = devices.Length == 0 ? null : await identities.QueryAsync(
            key, [.. devices.SelectMany(id => new[] { DeviceDocument.IdOf(id), RevocationDocument.IdOf(id) })], cancellationToken);
        return TypedResults.Ok(request.ToRecord(known, time.GetUtcNow()));
    }
}
