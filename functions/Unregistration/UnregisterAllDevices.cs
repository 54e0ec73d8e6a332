using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Unregistration;

/// <summary>Removes all devices of a user and resets the DID: refused from the moment of the answer, the rest is queued.</summary>
internal sealed class UnregisterAllDevices(RevocationRequests requests, SecondPerson second, TimeProvider time)
{
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
        ProblemCodes.Conflict, ProblemCodes.IdempotencyKeyReused, ProblemCodes.SecondPersonRequired)]
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
        var demanded = await second.DemandForUserAsync(
            administrator,
            key,
            user => new GuardedAction(
                key,
                "unregister-devices",
                AdminPolicies.DevicesManage,
                $"Unregister all devices of {user.GivenName} {user.FamilyName}",
                request.Reason,
                user.Epoch.ToString(CultureInfo.InvariantCulture)),
            cancellationToken);
        return demanded ?? await requests.CommitAsync(
            context,
            key,
            revocation,
            concerned: [],
            (snapshot, user) => IdentityReset.Decide(snapshot, user, revocation, request.PlanHash),
            accept: null,
            nobody: null,
            cancellationToken);
    }
}
