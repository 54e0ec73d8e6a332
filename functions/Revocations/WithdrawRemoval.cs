using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Revocations;

/// <summary>
/// Takes a removal back that is on hold: its devices are accepted again, as they were. Sessions that ended and sign-ins that were waiting are not restored.
/// </summary>
internal sealed class WithdrawRemoval(IdentityStore identities, HeldRemovals held, TimeProvider time)
{
    /// <summary>A phone that is restored can be faster than the request once, see <see cref="RevocationRequests"/>.</summary>
    private const int MaxAttempts = (2 * UserDocument.MaxDevices) + IdentityStore.MaxAttempts;

    /// <inheritdoc cref="WithdrawRemoval"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="operationId">The removal.</param>
    /// <param name="request">Why.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(WithdrawRemoval))]
    [Authorize(AdminPolicies.DevicesManage)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.DeviceLimit)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/operations/{operationId}/withdrawal")] HttpContext context,
        string userId,
        string operationId,
        WithdrawRemovalRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        var result = await identities.UpdateAsync(
            key,
            stop => held.ReadAsync(key, operationId, stop),
            (snapshot, attempt) => Task.FromResult(Decide(snapshot, attempt.Batch, operationId, request, administrator)),
            known: null,
            MaxAttempts,
            cancellationToken);
        return result.Value ?? Problems.TooManyConflicts();
    }

    private IResult Decide(
        PartitionSnapshot snapshot, PartitionBatch batch, string operationId, WithdrawRemovalRequest request, Administrator administrator)
    {
        if (snapshot.Operation(operationId) is not { } operation)
        {
            return Problems.NotFound("operation");
        }

        if (operation.Status == OperationStatus.Withdrawn)
        {
            // By this very call, whose answer was lost, or by somebody else.
            return TypedResults.Ok(operation.ToDetails());
        }

        if (operation.Withdraw(administrator.Name, time.GetUtcNow()) is not { } withdrawn)
        {
            return Problems.Of(ProblemCodes.Conflict, operation.Hold is null
                ? "This operation does not wait, so it cannot be taken back."
                : "It is too late: the hold is over, and the phone is being told.");
        }

        if (Refuse(snapshot, operation) is { } refusal)
        {
            return refusal;
        }

        Write(batch, snapshot.User!, snapshot.Devices, withdrawn, request, administrator);
        return TypedResults.Ok(withdrawn.ToDetails());
    }

    private static IResult? Refuse(PartitionSnapshot snapshot, OperationDocument operation)
    {
        if (snapshot.User is not { LeftAt: null } user)
        {
            return Problems.Of(ProblemCodes.Conflict, "The user has left. The devices stay blocked.");
        }

        if (user.Lost.Count > 0 || user.IsPartial)
        {
            throw new UnreadableDocumentException(user.Id);
        }

        if (user.Epoch != operation.Epoch || user.DidState != DidState.Active
            || operation.DeviceIds.Any(deviceId => snapshot.Device(deviceId)?.HeldBy != operation.OperationId))
        {
            return Problems.Of(ProblemCodes.Conflict, "All devices of the user were unregistered since. The devices stay blocked.");
        }

        return user.DeviceCount + operation.DeviceIds.Count > UserDocument.MaxDevices
            ? Problems.Of(
                ProblemCodes.DeviceLimit, $"The user has {user.DeviceCount} other devices by now, as many as allowed. Remove one of them first.")
            : null;
    }

    private static void Write(
        PartitionBatch batch,
        UserDocument user,
        IReadOnlyList<DeviceDocument> devices,
        OperationDocument withdrawn,
        WithdrawRemovalRequest request,
        Administrator administrator)
    {
        var activeDeviceId = ActiveDevice(user, withdrawn);
        batch
            .Replace(withdrawn)
            .Patch(
                user,
                PatchOperation.Set("/deviceCount", user.DeviceCount + devices.Count),
                PatchOperation.Set("/activeDeviceId", activeDeviceId))
            .Create(withdrawn.Key.Entry(withdrawn.UpdatedAt, administrator.Actor(), AuditActions.RemovalWithdrawn, [.. withdrawn.DeviceIds]) with
            {
                OperationId = withdrawn.OperationId,
                Reason = request.Reason,
                Before = new Dictionary<string, string?> { ["activeDeviceId"] = user.ActiveDeviceId },
                After = new Dictionary<string, string?> { ["activeDeviceId"] = activeDeviceId },
            });
        foreach (var device in devices)
        {
            // What was written into the documents of active devices meanwhile.
            batch
                .Patch(
                    device.Id,
                    HeldRemovals.IsHeldBy(withdrawn.OperationId),
                    PatchOperation.Set("/state", DeviceState.Active),
                    PatchOperation.Set<string?>("/revokedHandle", null),
                    PatchOperation.Set<string?>("/heldBy", null),
                    PatchOperation.Set("/suspendedAt", user.Suspension?.At),
                    PatchOperation.Set("/accountsVersion", user.AccountsVersion))
                .Delete(RevocationDocument.IdOf(device.DeviceId));
        }
    }

    /// <summary>As it was, unless somebody chose another one since.</summary>
    private static string? ActiveDevice(UserDocument user, OperationDocument withdrawn) =>
        withdrawn.Hold is { ActiveDeviceId: { } before } hold
        && withdrawn.DeviceIds.Contains(before)
        && (user.ActiveDeviceId is null || user.ActiveDeviceId == hold.SuccessorId)
            ? before
            : user.ActiveDeviceId;
}
