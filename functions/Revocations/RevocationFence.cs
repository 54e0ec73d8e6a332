using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;
using OperationKind = BlokSec.Contracts.OperationKind;

namespace BlokSec.Functions.Revocations;

/// <summary>What an administrator decided.</summary>
/// <param name="OperationId">The operation that carries it out.</param>
/// <param name="Kind">One device or all of them.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Fingerprint">What was asked for.</param>
/// <param name="At">When.</param>
internal sealed record RevocationDecision(
    string OperationId, OperationKind Kind, AuditActor By, string? Reason, string Fingerprint, DateTimeOffset At);

/// <summary>
/// The fence: one transaction after which nothing signed by the devices is accepted any more. It revokes the devices, keeps what
/// is needed to tell them, moves the active device, ends their pending sign-ins, and commits the operation that does the rest.
/// </summary>
internal sealed class RevocationFence(IdentityStore identities, RevocationRecords revocations, TimeProvider time)
{
    /// <summary>
    /// Pending sign-ins that one fence ends: with user, operation, audit entry, claim and two operations for each of 30 devices the batch has
    /// room for no more. The deletion of the devices ends the others.
    /// </summary>
    public const int MaxPendingSignIns = 30;

    /// <summary>Documents that a decision reads at most: 30 devices, and more sign-ins than it ends.</summary>
    public const int MaxConcerned = 100;

    /// <summary>What a decision has to read: the user, the active devices and their pending sign-ins, never the accounts.</summary>
    public const string Concerned =
        $"""
        c.id IN ('user', 'claim') OR (c.type = 'device' AND {DeviceDocument.NotRevoked})
        OR (c.type = 'authenticationRequest' AND c.status = 'pending')
        """;

    /// <summary>Commits the decision.</summary>
    /// <param name="snapshot">What <see cref="Concerned"/> found.</param>
    /// <param name="devices">The devices to revoke.</param>
    /// <param name="successor">The active device from then on; see <see cref="Successor"/>.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The operation, or null when somebody else changed the user since it was read.</returns>
    public async Task<OperationDocument?> CommitAsync(
        PartitionSnapshot snapshot,
        IReadOnlyList<DeviceDocument> devices,
        string? successor,
        RevocationDecision decision,
        CancellationToken cancellationToken)
    {
        var before = snapshot.User!;
        var isUnregistration = decision.Kind == OperationKind.UnregisterAllDevices;
        var after = isUnregistration ? Unregistered(before, decision) : before with { ActiveDeviceId = successor };
        var operation = Operation(before, after, devices, decision) with
        {
            HasMoreSignIns = snapshot.More || Waiting(snapshot, devices).Count() > MaxPendingSignIns,
        };
        var batch = identities.Begin(before.Key);
        if (isUnregistration)
        {
            // As it was read: a device that was restored since then must not be passed over. Patched, so that a user whose document is of a
            // later version or partly unreadable can be unregistered too.
            batch.Patch(before, [.. Changes(before, after)]);
            CancelClaim(batch, snapshot.Claim);
        }
        else
        {
            MoveActiveDevice(batch, before, after, snapshot.Devices.Count - devices.Count);
        }

        batch.Create(operation).Create(Entry(before, after, devices, decision));
        foreach (var device in devices)
        {
            Revoke(batch, device);
            batch.Create(revocations.Begin(device, decision));
        }

        EndSignIns(batch, snapshot, devices, decision.At);
        if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict)
        {
            return null;
        }

        Activity.Current?.SetTag("bloksec.operation", operation.OperationId);
        foreach (var _ in devices)
        {
            Measures.Revocation("blocked", time.GetUtcNow() - decision.At);
        }

        return operation;
    }

    /// <summary>The device that takes over when the active one is removed: the most recently active other one that push reaches.</summary>
    public static string? Successor(UserDocument user, IEnumerable<DeviceDocument> devices, DeviceDocument removed) =>
        user.ActiveDeviceId != removed.DeviceId
            ? user.ActiveDeviceId
            : devices
                .Where(device => CanSucceed(device, removed))
                .OrderByDescending(device => device.LastActiveAt)
                .FirstOrDefault()?.DeviceId;

    /// <summary>Whether the device could take over from the removed one.</summary>
    public static bool CanSucceed(DeviceDocument device, DeviceDocument removed) =>
        device is { State: DeviceState.Active, PushHandle: not null, PushStatus: PushStatus.Receiving } && device.DeviceId != removed.DeviceId;

    /// <summary>The pending sign-ins that end with the devices they are addressed to, the newest first.</summary>
    public static IEnumerable<AuthenticationRequestDocument> Ending(PartitionSnapshot snapshot, IReadOnlyList<DeviceDocument> devices) =>
        Waiting(snapshot, devices).OrderByDescending(request => request.IssuedAt).Take(MaxPendingSignIns);

    private static IEnumerable<AuthenticationRequestDocument> Waiting(PartitionSnapshot snapshot, IReadOnlyList<DeviceDocument> devices)
    {
        var removed = devices.Select(device => device.DeviceId).ToHashSet();
        return snapshot.AuthenticationRequests
            .Where(request => request.Status == AuthenticationRequestStatus.Pending)
            .Where(request => request.DeviceId is not null && removed.Contains(request.DeviceId));
    }

    /// <summary>Not guarded by the ETag: a phone that is restored at the same moment does not concern the removal of another one.</summary>
    private static void MoveActiveDevice(PartitionBatch batch, UserDocument before, UserDocument after, int remaining)
    {
        batch.Patch(
            UserDocument.DocumentId,
            before.IsUnchanged,
            before.IsPartial ? PatchOperation.Set("/deviceCount", remaining) : PatchOperation.Increment("/deviceCount", -1),
            PatchOperation.Set("/activeDeviceId", after.ActiveDeviceId));
        if (after.ActiveDeviceId is { } successor && successor != before.ActiveDeviceId)
        {
            // Changes nothing: it makes sure that the successor is not removed at the same moment.
            batch.Patch(DeviceDocument.IdOf(successor), DeviceDocument.IsActive, PatchOperation.Set("/deviceId", successor));
        }
    }

    /// <summary>
    /// The phone may register another push handle until this is committed, and it must not win by that: the push goes to the one that
    /// is in the device's document from then on, see <see cref="SendRevokePush"/>. Only the first handle of all is waited for.
    /// </summary>
    private static void Revoke(PartitionBatch batch, DeviceDocument device) => batch.Patch(
        device.Id,
        device is { PushHandle: null, IsPartial: false } ? $"FROM c WHERE {DeviceDocument.NotRevoked} AND (NOT IS_DEFINED(c.pushHandle) OR IS_NULL(c.pushHandle))" : DeviceDocument.IsActive,
        PatchOperation.Set("/state", DeviceState.Revoked),
        PatchOperation.Set("/revokedHandle", PushHandles.Hash(device.PushHandle)));

    private static void CancelClaim(PartitionBatch batch, ClaimDocument? claim)
    {
        if (claim is { State: ClaimState.Open })
        {
            // A patch, because strangers who try codes write this document too.
            batch.Patch(
                ClaimDocument.DocumentId,
                $"FROM c WHERE c.state = 'open' AND c.claimId = '{claim.ClaimId}'",
                PatchOperation.Set("/state", ClaimState.Cancelled));
        }
    }

    private static UserDocument Unregistered(UserDocument user, RevocationDecision decision) => user with
    {
        Did = null,
        // The registry of keys remembers the epoch in which the DID was entered: from now on it is an earlier one.
        RetiredDids = user.Did is null || user.KeysEntered ? user.RetiredDids : [.. user.RetiredDids, user.Did],
        DidState = DidState.Resetting,
        Epoch = user.Epoch + 1,
        ActiveDeviceId = null,
        DeviceCount = 0,
        UnregistrationOperationId = decision.OperationId,
    };

    private static IEnumerable<PatchOperation> Changes(UserDocument before, UserDocument after)
    {
        yield return PatchOperation.Set<string?>("/did", null);
        yield return PatchOperation.Set("/didState", after.DidState);
        yield return PatchOperation.Set("/epoch", after.Epoch);
        yield return PatchOperation.Set<string?>("/activeDeviceId", null);
        yield return PatchOperation.Set("/deviceCount", 0);
        yield return PatchOperation.Set("/unregistrationOperationId", after.UnregistrationOperationId);
        if (after.RetiredDids.Count > before.RetiredDids.Count)
        {
            yield return PatchOperation.Set("/retiredDids", after.RetiredDids);
        }
    }

    private static OperationDocument Operation(
        UserDocument before, UserDocument after, IReadOnlyList<DeviceDocument> devices, RevocationDecision decision) => new()
        {
            Id = OperationDocument.IdOf(decision.OperationId),
            TenantId = after.TenantId,
            UserId = after.UserId,
            OperationId = decision.OperationId,
            Kind = decision.Kind,
            Status = OperationStatus.NotStarted,
            RequestedBy = decision.By.Name,
            Reason = decision.Reason,
            RequestedAt = decision.At,
            UpdatedAt = decision.At,
            Fingerprint = decision.Fingerprint,
            Epoch = after.Epoch,
            DeviceIds = [.. devices.Select(device => device.DeviceId)],
            TraceParent = Activity.Current?.Id,
            Steps = [.. Steps(before, devices.Count, decision)],
        };

    private static IEnumerable<OperationStep> Steps(UserDocument user, int devices, RevocationDecision decision)
    {
        yield return new OperationStep(OperationStepName.Block, OperationStatus.Succeeded, devices, devices, decision.At);
        yield return Waiting(OperationStepName.QueuePushes, devices);
        yield return Waiting(OperationStepName.DeleteDevices, devices);
        if (decision.Kind == OperationKind.UnregisterAllDevices)
        {
            yield return Waiting(OperationStepName.ResetDid, user.AccountCount);
            yield return Waiting(OperationStepName.CreateClaim, 1);
        }

        OperationStep Waiting(OperationStepName name, int total) => new(name, OperationStatus.NotStarted, 0, total, decision.At);
    }

    private static AuditDocument Entry(
        UserDocument before, UserDocument after, IReadOnlyList<DeviceDocument> devices, RevocationDecision decision) =>
        before.Key.Entry(
            decision.At,
            decision.By,
            decision.Kind == OperationKind.UnregisterAllDevices ? AuditActions.UserUnregistered : AuditActions.DeviceRemoved,
            [.. devices.Select(device => device.DeviceId)]) with
        {
            OperationId = decision.OperationId,
            Reason = decision.Reason,
            Before = Told(before),
            After = Told(after),
        };

    private static Dictionary<string, string?> Told(UserDocument user) => new()
    {
        ["did"] = user.Did,
        ["activeDeviceId"] = user.ActiveDeviceId,
        ["epoch"] = user.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static void EndSignIns(
        PartitionBatch batch, PartitionSnapshot snapshot, IReadOnlyList<DeviceDocument> devices, DateTimeOffset at)
    {
        foreach (var request in Ending(snapshot, devices))
        {
            // A patch, because the phone writes down that it fetched the request.
            batch.Patch(
                request.Id,
                "FROM c WHERE c.status = 'pending'",
                PatchOperation.Set("/status", AuthenticationRequestStatus.Superseded),
                PatchOperation.Set("/respondedAt", at));
        }
    }
}
