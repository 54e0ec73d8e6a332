using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Unregistration;

/// <summary>Removes all devices of a user and resets the DID: refused from the moment of the answer, the rest is queued.</summary>
internal sealed class UnregisterAllDevices(RevocationRequests requests, TimeProvider time)
{
    /// <summary>There is nothing to unregister.</summary>
    public static IResult AlreadyUnregistered() => Problems.Of(
        ProblemCodes.AlreadyUnregistered, "The user has no active identity to unregister. To let a phone enroll, renew the claim.");

    /// <inheritdoc cref="UnregisterAllDevices"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">The typed phrase, and why.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="idempotencyKey">The same key gives the same operation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(UnregisterAllDevices))]
    [Authorize(AdminPolicies.DevicesManage)]
    [RecentSignIn]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.ConfirmationMismatch, ProblemCodes.NotFound, ProblemCodes.PlanStale, ProblemCodes.AlreadyUnregistered,
        ProblemCodes.Conflict, ProblemCodes.IdempotencyKeyReused)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/unregistration")] HttpContext context,
        string userId,
        UnregisterAllDevicesRequest request,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        if (request.Confirmation != ConfirmationPhrases.UnregisterAllDevices)
        {
            return OperationAnswers.ConfirmationMismatch(ConfirmationPhrases.UnregisterAllDevices);
        }

        var key = new UserKey(administrator.TenantId, userId);
        var revocation = new RevocationRequest(
            RequestIds.For(key, administrator.Subject, idempotencyKey.Value, time.GetUtcNow()),
            OperationKind.UnregisterAllDevices,
            administrator.Actor(),
            request.Reason,
            RequestIds.Fingerprint(nameof(UnregisterAllDevices), userId, request.Reason),
            time.GetUtcNow());
        return await requests.CommitAsync(
            context,
            key,
            revocation,
            concerned: [],
            (snapshot, user) => Decide(snapshot, user, revocation, request.PlanHash),
            accept: null,
            nobody: null,
            cancellationToken);
    }

    private static RevocationTarget Decide(PartitionSnapshot snapshot, UserDocument user, RevocationRequest revocation, string? planHash)
    {
        if (!user.CanBeUnregistered)
        {
            // Somebody unregistered the user before, or there never was an active DID.
            return user.UnregistrationOperationId is { } operationId
                ? new RevocationTarget.Earlier(operationId, AlreadyUnregistered())
                : new RevocationTarget.Refuse(AlreadyUnregistered());
        }

        return planHash is null || RevocationPlan.Matches(planHash, user, snapshot.Devices, removed: null, revocation.At, out _)
            ? IdentityReset.Of(snapshot, user, revocation)
            : new RevocationTarget.Refuse(OperationAnswers.PlanStale());
    }
}
