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
    /// <summary>Pending sign-ins that one fence ends; a batch has room for no more. They last two minutes, so a user has few.</summary>
    private const int MaxPendingSignIns = 30;

    /// <summary>What a decision has to read: the user, the living devices and their pending sign-ins, never the accounts.</summary>
    public const string Concerned =
        "c.type IN ('user', 'device', 'claim') OR (c.type = 'authenticationRequest' AND c.status = 'pending')";

    /// <summary>Commits the decision.</summary>
    /// <param name="snapshot">What <see cref="Concerned"/> found.</param>
    /// <param name="devices">The devices to revoke.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The operation, or null when somebody else changed the user since it was read.</returns>
    public async Task<OperationDocument?> CommitAsync(
        PartitionSnapshot snapshot,
        IReadOnlyList<DeviceDocument> devices,
        RevocationDecision decision,
        CancellationToken cancellationToken)
    {
        var before = snapshot.User!;
        var after = decision.Kind == OperationKind.UnregisterAllDevices
            ? Unregistered(before, decision)
            : WithoutDevice(before, snapshot.Devices, devices[0]);
        var operation = Operation(before, after, devices, decision);
        var batch = identities.Begin(before.Key).Replace(after).Create(operation).Create(Entry(before, after, devices, decision));
        foreach (var device in devices)
        {
            batch.Patch(device.Id, "FROM c WHERE c.state = 'active'", PatchOperation.Set("/state", DeviceState.Revoked));
            batch.Create(revocations.Begin(device, decision));
        }

        if (decision.Kind == OperationKind.UnregisterAllDevices && snapshot.Claim is { State: ClaimState.Open } claim)
        {
            batch.Replace(claim with { State = ClaimState.Cancelled });
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
                .Where(device => device.State == DeviceState.Active && device.DeviceId != removed.DeviceId)
                .Where(device => device is { PushHandle: not null, PushStatus: PushStatus.Receiving })
                .OrderByDescending(device => device.LastActiveAt)
                .FirstOrDefault()?.DeviceId;

    /// <summary>The pending sign-ins that end with the devices they are addressed to, the newest first.</summary>
    public static IEnumerable<AuthenticationRequestDocument> Ending(PartitionSnapshot snapshot, IReadOnlyList<DeviceDocument> devices)
    {
        var removed = devices.Select(device => device.DeviceId).ToHashSet();
        return snapshot.AuthenticationRequests
            .Where(request => request.Status == AuthenticationRequestStatus.Pending)
            .Where(request => request.DeviceId is not null && removed.Contains(request.DeviceId))
            .OrderByDescending(request => request.IssuedAt)
            .Take(MaxPendingSignIns);
    }

    private static UserDocument WithoutDevice(UserDocument user, IEnumerable<DeviceDocument> devices, DeviceDocument removed) => user with
    {
        ActiveDeviceId = Successor(user, devices, removed),
        DeviceCount = user.DeviceCount - 1,
        LivePushHandles = user.LivePushHandles.With(removed.DeviceId, null),
    };

    private static UserDocument Unregistered(UserDocument user, RevocationDecision decision) => user with
    {
        Did = null,
        RetiredDids = user.Did is null ? user.RetiredDids : [.. user.RetiredDids, user.Did],
        DidState = DidState.Resetting,
        Epoch = user.Epoch + 1,
        ActiveDeviceId = null,
        DeviceCount = 0,
        LivePushHandles = new Dictionary<string, string>(),
        UnregistrationOperationId = decision.OperationId,
    };

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
            batch.Replace(request with { Status = AuthenticationRequestStatus.Superseded, RespondedAt = at });
        }
    }
}
