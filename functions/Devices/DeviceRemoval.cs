using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Revocations;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>What the removal of one device comes to, whoever asks for it. Pure.</summary>
internal static class DeviceRemoval
{
    /// <param name="snapshot">What was read of the user.</param>
    /// <param name="user">The user.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="action">What the auditor reads.</param>
    /// <param name="planHash">The plan that was agreed to; null for none.</param>
    /// <param name="now">The time.</param>
    public static RevocationTarget Of(
        PartitionSnapshot snapshot, UserDocument user, string deviceId, string action, string? planHash, DateTimeOffset now)
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
            action,
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
