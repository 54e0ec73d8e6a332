using BlokSec.Contracts;
using BlokSec.Functions.Accounts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>A phone reads the user's accounts, where there are more than its status told.</summary>
internal sealed class ListOwnAccounts(IdentityStore identities, AccountPages accounts, RemovedDevices removed, ReplayGuard replays)
{
    /// <inheritdoc cref="ListOwnAccounts"/>
    /// <param name="context">The request.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListOwnAccounts))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType<OwnAccountList>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mobile/accounts")] HttpContext context,
        DeviceProof proof,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeId(continuation, AccountDocument.IdOf(""), out var after))
        {
            return Problems.InvalidContinuation();
        }

        var key = new UserKey(proof.TenantId, proof.UserId);
        var snapshot = await identities.QueryAsync(
            key, [DeviceDocument.IdOf(proof.DeviceId), RevocationDocument.IdOf(proof.DeviceId)], cancellationToken);
        if (snapshot.Revocation(proof.DeviceId) is { } revocation)
        {
            return await removed.TellAsync(revocation, proof, isSpent: false, cancellationToken);
        }

        if (snapshot.Device(proof.DeviceId) is not { State: DeviceState.Active })
        {
            return DeviceAnswers.Unknown();
        }

        return replays.TryRemember(proof)
            ? TypedResults.Ok(await accounts.ReadOwnAsync(key, after, cancellationToken))
            : DeviceAnswers.Replayed();
    }
}
