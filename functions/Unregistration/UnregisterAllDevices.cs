using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Unregistration;

/// <summary>Removes all devices of a user and resets the DID: refused from the moment of the answer, the rest is queued.</summary>
internal sealed class UnregisterAllDevices(
    IdentityStore identities, RevocationFence fence, OperationDispatch dispatch, FailedOperations failed, TimeProvider time)
{
    /// <summary>There is nothing to unregister.</summary>
    public static IResult AlreadyUnregistered() => Problems.Conflict(
        ProblemCodes.AlreadyUnregistered, "The user has no living identity to unregister. To let a phone enroll, renew the claim.");

    /// <inheritdoc cref="UnregisterAllDevices"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">The typed phrase, and why.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="idempotencyKey">The same key gives the same operation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [ProducesResponseType<OperationDetails>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.ConfirmationMismatch, ProblemCodes.NotFound, ProblemCodes.PlanStale, ProblemCodes.AlreadyUnregistered,
        ProblemCodes.Conflict, ProblemCodes.IdempotencyKeyReused)]
    public async Task<IResult> HandleAsync(
        HttpContext context,
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
        var decision = new RevocationDecision(
            OperationIds.For(key, administrator.Subject, idempotencyKey.Value, time.GetUtcNow()),
            OperationKind.UnregisterAllDevices,
            administrator.Actor(),
            request.Reason,
            OperationIds.Fingerprint(nameof(UnregisterAllDevices), userId, request.Reason),
            time.GetUtcNow());
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            var snapshot = await ReadAsync(key, decision.OperationId, cancellationToken);
            if (snapshot.Operation(decision.OperationId) is { } known)
            {
                return known.Fingerprint == decision.Fingerprint
                    ? await AgainAsync(context, known, administrator, cancellationToken)
                    : OperationAnswers.IdempotencyKeyReused();
            }

            if (snapshot.User is not { } user)
            {
                return Problems.NotFound("user");
            }

            if (user.DidState != DidState.Active)
            {
                return await AlreadyAsync(context, user, administrator, cancellationToken);
            }

            var devices = snapshot.Devices.FindAll(device => device.State == DeviceState.Active);
            if (request.PlanHash is { } hash && !RevocationPlan.Matches(hash, user, snapshot.Devices, devices))
            {
                return OperationAnswers.PlanStale();
            }

            if (await fence.CommitAsync(snapshot, devices, decision, cancellationToken) is { } operation)
            {
                await dispatch.TryAsync(operation, resumed: null, cancellationToken);
                return OperationAnswers.Accepted(context, operation);
            }
        }

        return Problems.TooManyConflicts();
    }

    /// <summary>Somebody unregistered the user before: that operation, or word that there never was a living DID.</summary>
    private async Task<IResult> AlreadyAsync(
        HttpContext context, UserDocument user, Administrator administrator, CancellationToken cancellationToken)
    {
        var operation = user.UnregistrationOperationId is { } operationId
            ? await identities.ReadAsync<OperationDocument>(user.Key, OperationDocument.IdOf(operationId), cancellationToken)
            : null;
        return operation is null ? AlreadyUnregistered() : await AgainAsync(context, operation, administrator, cancellationToken);
    }

    private async Task<IResult> AgainAsync(
        HttpContext context, OperationDocument operation, Administrator administrator, CancellationToken cancellationToken) =>
        OperationAnswers.Accepted(context, await failed.RestartAsync(operation, administrator.Actor(), cancellationToken));

    private Task<PartitionSnapshot> ReadAsync(UserKey key, string operationId, CancellationToken cancellationToken) =>
        identities.QueryAsync(
            key,
            $"{RevocationFence.Concerned} OR c.id = @operation",
            [("@operation", OperationDocument.IdOf(operationId))],
            cancellationToken);
}
