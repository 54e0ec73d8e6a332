using System.Diagnostics;
using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Signals;
using BlokSec.Functions.SignIns;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Revocations;

/// <summary>
/// The fence: one transaction after which nothing signed by the devices is accepted any more. It revokes the devices, keeps what
/// is needed to tell them, ends their pending sign-ins, and commits the operation that does the rest. What happens to the user is up to the
/// request's, see <see cref="RevocationTarget.Devices"/>.
/// </summary>
internal sealed class RevocationFence(RevocationRecords revocations, SignalDispatch signals)
{
    /// <summary>
    /// Pending sign-ins that one fence ends: with user, operation, audit entry, claim and two operations for each of 30 devices the batch has
    /// room for no more. The deletion of the devices ends the others.
    /// </summary>
    public const int MaxPendingSignIns = 30;

    /// <summary>Documents that a request reads at most: 30 devices, and more sign-ins than it ends.</summary>
    public const int MaxConcerned = 100;

    /// <summary>What a request has to read: the user, the active devices and their pending sign-ins, never the accounts.</summary>
    public const string Concerned =
        $"""
        c.id IN ('user', 'claim') OR (c.type = 'device' AND {DeviceDocument.NotRevoked})
        OR (c.type = 'authenticationRequest' AND c.status = 'pending')
        """;

    /// <summary>Writes the fence.</summary>
    /// <param name="batch">The transaction.</param>
    /// <param name="snapshot">What <see cref="Concerned"/> found.</param>
    /// <param name="target">What is revoked.</param>
    /// <param name="request">Who asked, and when.</param>
    /// <returns>The operation that does the rest, and what is to be told before that is done: of a removal on hold, that sessions end.</returns>
    public (OperationDocument Operation, SignalDocument? Signal) Write(
        PartitionBatch batch, PartitionSnapshot snapshot, RevocationTarget.Devices target, RevocationRequest request)
    {
        var waiting = WaitingSignIns.Of(snapshot, target.Revoked, request.At).ToArray();
        var operation = Operation(target, request) with { HasMoreSignIns = snapshot.More || waiting.Length > MaxPendingSignIns };
        target.WriteUser(batch);
        batch.Create(operation).Create(Entry(target, request));
        var isHeld = request.HeldUntil is not null;
        var signal = signals.Add(
            batch,
            isHeld
                ? UserSignals.DevicesHeld(target.Before, target.Revoked, request.By, request.At)
                : UserSignals.DevicesRemoved(
                    target.Before,
                    target.Revoked,
                    areAll: target.AuditAction == AuditActions.UserUnregistered,
                    request.OperationId,
                    request.By,
                    LostSince(target, request),
                    request.At));
        foreach (var device in target.Revoked)
        {
            Revoke(batch, device, request);
            batch.Create(revocations.Create(device, request));
        }

        foreach (var signIn in waiting.Take(MaxPendingSignIns))
        {
            WaitingSignIns.End(batch, signIn.Id, request.At);
        }

        return (operation, isHeld ? signal : null);
    }

    /// <summary>
    /// The phone may register another push handle until this is committed, and it must not win by that: the push goes to the one that
    /// is in the device's document from then on, see <see cref="SendRevokePush"/>. Only the first handle of all is waited for.
    /// </summary>
    private static void Revoke(PartitionBatch batch, DeviceDocument device, RevocationRequest request) => batch.Patch(
        device.Id,
        device is { PushHandle: null, IsPartial: false }
            ? $"FROM c WHERE {DeviceDocument.NotRevoked} AND (NOT IS_DEFINED(c.pushHandle) OR IS_NULL(c.pushHandle))"
            : DeviceDocument.IsActive,
        [
            PatchOperation.Set("/state", DeviceState.Revoked),
            PatchOperation.Set("/revokedHandle", PushHandles.Hash(device.PushHandle)),
            .. request.HeldUntil is null ? [] : (PatchOperation[])[PatchOperation.Set("/heldBy", request.OperationId)],
        ]);

    private static OperationDocument Operation(RevocationTarget.Devices target, RevocationRequest request)
    {
        var devices = target.Revoked.Count;
        return new OperationDocument
        {
            Id = OperationDocument.IdOf(request.OperationId),
            TenantId = target.After.TenantId,
            UserId = target.After.UserId,
            OperationId = request.OperationId,
            Kind = request.Kind,
            Status = OperationStatus.NotStarted,
            RequestedBy = request.ByName,
            RequestedByKind = request.By.Kind,
            RequestedById = request.By.Id,
            BulkOperationId = request.BulkOperationId,
            Reason = request.Reason,
            RequestedAt = request.At,
            UpdatedAt = request.HeldUntil ?? request.At,
            Fingerprint = request.Fingerprint,
            LostSince = request.LostSince,
            Hold = request.HeldUntil is { } until ? new RemovalHold(until, target.Before.ActiveDeviceId, target.After.ActiveDeviceId) : null,
            Epoch = target.After.Epoch,
            DeviceIds = [.. target.Revoked.Select(device => device.DeviceId)],
            TraceParent = Activity.Current?.Id,
            Steps =
            [
                new OperationStep(OperationStepName.Block, OperationStatus.Succeeded, devices, devices, request.At),
                OperationLifecycle.Waiting(OperationStepName.QueuePushes, devices, request.At),
                OperationLifecycle.Waiting(OperationStepName.DeleteDevices, devices, request.At),
                .. target.FurtherSteps,
            ],
        };
    }

    private static AuditDocument Entry(RevocationTarget.Devices target, RevocationRequest request) =>
        target.Before.Key.Entry(request.At, request.By, target.AuditAction, [.. target.Revoked.Select(device => device.DeviceId)]) with
        {
            OperationId = request.OperationId,
            Reason = request.Reason,
            Alert = target.IsAlert,
            Before = AuditSnapshot(target.Before),
            After = AuditSnapshot(target.After, request),
        };

    /// <summary>A phone that its user reports as lost is so from then on.</summary>
    private static DateTimeOffset? LostSince(RevocationTarget.Devices target, RevocationRequest request) =>
        request.LostSince ?? (target.AuditAction == AuditActions.DeviceReportedLost ? request.At : null);

    private static Dictionary<string, string?> AuditSnapshot(UserDocument user, RevocationRequest? request = null)
    {
        var told = new Dictionary<string, string?>
        {
            ["did"] = user.Did,
            ["activeDeviceId"] = user.ActiveDeviceId,
            ["epoch"] = user.Epoch.ToString(CultureInfo.InvariantCulture),
        };
        if (request?.LostSince is { } since)
        {
            told["lostSince"] = since.ToString("O", CultureInfo.InvariantCulture);
        }

        if (request?.HeldUntil is { } until)
        {
            told["heldUntil"] = until.ToString("O", CultureInfo.InvariantCulture);
        }

        if (request?.BulkOperationId is { } bulkOperationId)
        {
            told["bulkOperationId"] = bulkOperationId;
        }

        return told;
    }
}
