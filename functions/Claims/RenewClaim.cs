using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using BlokSec.Functions.Signals;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Claims;

/// <summary>Makes a new claim for a user without an active DID; the earlier one stops working.</summary>
internal sealed class RenewClaim(IdentityStore identities, ClaimFactory claims, ClaimViews views, SignalDispatch signals, SecondPerson second, TimeProvider time)
{
    /// <inheritdoc cref="RenewClaim"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="idempotencyKey">The same key gives the same claim, or says that a newer one took its place.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RenewClaim))]
    [Authorize(AdminPolicies.DevicesManage)]
    [RecentSignIn]
    [ProducesResponseType<ClaimDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.OperationInProgress, ProblemCodes.NotUnregistered, ProblemCodes.ClaimReplaced, ProblemCodes.Conflict,
        ProblemCodes.SecondPersonRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/claim/renewal")] HttpContext context,
        string userId,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        var demanded = await DemandAsync(key, administrator, cancellationToken);
        if (demanded is not null)
        {
            return demanded;
        }

        var now = time.GetUtcNow();
        var claimId = RequestIds.For(key, administrator.Subject, idempotencyKey: null, now);
        var requestId = idempotencyKey.Value is { } value ? RequestIds.For(key, administrator.Subject, value, now) : null;
        SignalDocument? signal = null;
        var result = await identities.UpdateAsync(
            key,
            stop => identities.QueryAsync(key, [UserDocument.DocumentId, ClaimDocument.DocumentId], stop),
            DecideAsync,
            cancellationToken);
        if (result.IsWritten)
        {
            await signals.TryAsync(signal);
        }

        return result.Value ?? Problems.TooManyConflicts();

        async Task<IResult> DecideAsync(PartitionSnapshot snapshot, UpdateAttempt attempt)
        {
            if (snapshot.User is not { } user)
            {
                return Problems.NotFound("user");
            }

            if (requestId is not null && await EarlierAsync(snapshot.Claim, requestId, administrator, cancellationToken) is { } earlier)
            {
                return earlier;
            }

            if (user.DidState != DidState.Unclaimed)
            {
                return user.DidState == DidState.Resetting
                    ? Problems.Of(ProblemCodes.OperationInProgress, "The user is being unregistered; the claim comes at the end of it.")
                    : Problems.Of(ProblemCodes.NotUnregistered, "The user has an active identity. Unregister all devices first.");
            }

            var claim = await claims.CreateAsync(user, snapshot.Claim, claimId, now, cancellationToken) with { RequestId = requestId };
            var entry = key.Entry(now, administrator.Actor(), AuditActions.ClaimRenewed, claimId) with
            {
                Before = new Dictionary<string, string?> { ["claimId"] = snapshot.Claim?.ClaimId },
                After = new Dictionary<string, string?> { ["claimId"] = claimId },
            };

            // The user stays as it is; writing it guards: nobody redeems or renews between reading and writing.
            attempt.Batch.Patch(user, PatchOperation.Set("/didState", user.DidState)).Upsert(claim, snapshot).Create(entry);
            signal = signals.Add(attempt.Batch, UserSignals.ClaimMade(user, claim, isFirst: false, administrator.Actor()));
            return TypedResults.Ok(await views.OfAsync(claim, administrator, cancellationToken));
        }
    }

    private Task<IResult?> DemandAsync(UserKey key, Administrator administrator, CancellationToken cancellationToken) => second.DemandForUserAsync(
        administrator,
        key,
        user => new GuardedAction(
            key,
            "renew-claim",
            AdminPolicies.DevicesManage,
            $"Make a new claim for {user.GivenName} {user.FamilyName}",
            Reason: null,
            user.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        cancellationToken);

    /// <summary>The answer to a request that was carried out before; null when it was not.</summary>
    private async Task<IResult?> EarlierAsync(ClaimDocument? claim, string requestId, Administrator administrator, CancellationToken cancellationToken)
    {
        if (claim?.RequestId == requestId)
        {
            return TypedResults.Ok(await views.OfAsync(claim, administrator, cancellationToken));
        }

        return claim?.EarlierRequestIds.Contains(requestId) == true
            ? Problems.Of(
                ProblemCodes.ClaimReplaced, "The claim that this request made was replaced by a newer one. Nothing was changed.")
            : null;
    }
}
