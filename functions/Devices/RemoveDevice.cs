using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;
using OperationKind = BlokSec.Contracts.OperationKind;

namespace BlokSec.Functions.Devices;

/// <summary>Removes one device: it is refused from the moment of the answer, the rest is queued.</summary>
internal sealed class RemoveDevice(RevocationRequests requests, TimeProvider time)
{
    /// <inheritdoc cref="RemoveDevice"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="request">The typed phrase, and why.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="idempotencyKey">The same key gives the same operation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RemoveDevice))]
    [Authorize(AdminPolicies.DevicesManage)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.ConfirmationMismatch, ProblemCodes.NotFound, ProblemCodes.PlanStale, ProblemCodes.Conflict,
        ProblemCodes.IdempotencyKeyReused)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/devices/{deviceId}/removal")] HttpContext context,
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
        var revocation = new RevocationRequest(
            RequestIds.For(key, administrator.Subject, idempotencyKey.Value, time.GetUtcNow()),
            OperationKind.RemoveDevice,
            administrator.Actor(),
            request.Reason,
            RequestIds.Fingerprint(nameof(RemoveDevice), userId, deviceId, request.Reason),
            time.GetUtcNow());
        return await requests.CommitAsync(
            context,
            key,
            revocation,
            RevocationDocument.IdOf(deviceId),
            (snapshot, user) => Decide(snapshot, user, deviceId, request.PlanHash, revocation.At),
            cancellationToken);
    }

    private static RevocationTarget Decide(PartitionSnapshot snapshot, UserDocument user, string deviceId, string? planHash, DateTimeOffset now)
    {
        if (snapshot.Revocation(deviceId) is { } revocation)
        {
            return new RevocationTarget.Earlier(revocation.OperationId, RemovedBefore());
        }

        if (snapshot.Device(deviceId) is not { } device)
        {
            return new RevocationTarget.Refuse(Problems.NotFound("device"));
        }

        var successor = ActiveDeviceSuccession.Successor(user, snapshot.Devices, device, now);
        if (planHash is not null && !RevocationPlan.Matches(planHash, user, snapshot.Devices, device, now, out successor))
        {
            return new RevocationTarget.Refuse(OperationAnswers.PlanStale());
        }

        return new RevocationTarget.Devices(
            [device],
            user,
            user with { ActiveDeviceId = successor },
            AuditActions.DeviceRemoved,
            FurtherSteps: [],
            batch => MoveActiveDevice(batch, user, successor, remaining: snapshot.Devices.Count - 1));
    }

    /// <summary>Not guarded by the ETag: a phone that is restored at the same moment does not concern the removal of another one.</summary>
    private static void MoveActiveDevice(PartitionBatch batch, UserDocument user, string? successor, int remaining)
    {
        batch.PatchUnchanged(
            user,
            user.IsPartial ? PatchOperation.Set("/deviceCount", remaining) : PatchOperation.Increment("/deviceCount", -1),
            PatchOperation.Set("/activeDeviceId", successor));
        if (successor is not null && successor != user.ActiveDeviceId)
        {
            // Changes nothing: it makes sure that the successor is not removed at the same moment.
            batch.Patch(DeviceDocument.IdOf(successor), DeviceDocument.IsActive, PatchOperation.Set("/deviceId", successor));
        }
    }

    private static IResult RemovedBefore() => Problems.Of(
        ProblemCodes.Conflict, "The device was removed before. The operation that removed it is not stored any more.");
}
