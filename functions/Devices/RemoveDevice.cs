using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>Removes one device: it is refused from the moment of the answer, the rest is queued.</summary>
internal sealed class RemoveDevice(IdentityStore identities, RevocationFence fence, OperationDispatch dispatch, FailedOperations failed, TimeProvider time)
{
    /// <inheritdoc cref="RemoveDevice"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="request">The typed phrase, and why.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="idempotencyKey">The same key gives the same operation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [ProducesResponseType<OperationDetails>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.ConfirmationMismatch, ProblemCodes.NotFound, ProblemCodes.PlanStale, ProblemCodes.Conflict,
        ProblemCodes.IdempotencyKeyReused)]
    public async Task<IResult> HandleAsync(
        HttpContext context,
        string userId,
        string deviceId,
        RemoveDeviceRequest request,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        if (request.Confirmation != ConfirmationPhrases.RemoveDevice)
        {
            return OperationAnswers.ConfirmationMismatch(ConfirmationPhrases.RemoveDevice);
        }

        var key = new UserKey(administrator.TenantId, userId);
        var decision = new RevocationDecision(
            OperationIds.For(key, administrator.Subject, idempotencyKey.Value, time.GetUtcNow()),
            OperationKind.RemoveDevice,
            administrator.Actor(),
            request.Reason,
            OperationIds.Fingerprint(nameof(RemoveDevice), userId, deviceId, request.Reason),
            time.GetUtcNow());
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            var snapshot = await ReadAsync(key, deviceId, decision.OperationId, cancellationToken);
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

            if (snapshot.Revocation(deviceId) is { } revocation)
            {
                var earlier = await identities.ReadAsync<OperationDocument>(
                    key, OperationDocument.IdOf(revocation.OperationId), cancellationToken);
                return await AgainAsync(context, earlier!, administrator, cancellationToken);
            }

            if (snapshot.Device(deviceId) is not { } device)
            {
                return Problems.NotFound("device");
            }

            if (request.PlanHash is { } hash && !RevocationPlan.Matches(hash, user, snapshot.Devices, [device]))
            {
                return OperationAnswers.PlanStale();
            }

            if (await fence.CommitAsync(snapshot, [device], decision, cancellationToken) is { } operation)
            {
                await dispatch.TryAsync(operation, resumed: null, cancellationToken);
                return OperationAnswers.Accepted(context, operation);
            }
        }

        return Problems.TooManyConflicts();
    }

    /// <summary>The operation that was asked for already; one that failed is started anew.</summary>
    private async Task<IResult> AgainAsync(
        HttpContext context, OperationDocument operation, Administrator administrator, CancellationToken cancellationToken) =>
        OperationAnswers.Accepted(context, await failed.RestartAsync(operation, administrator.Actor(), cancellationToken));

    private Task<PartitionSnapshot> ReadAsync(UserKey key, string deviceId, string operationId, CancellationToken cancellationToken) =>
        identities.QueryAsync(
            key,
            $"{RevocationFence.Concerned} OR c.id IN (@operation, @revocation)",
            [("@operation", OperationDocument.IdOf(operationId)), ("@revocation", RevocationDocument.IdOf(deviceId))],
            cancellationToken);
}
