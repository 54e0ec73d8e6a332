using System.Security.Cryptography;
using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Revocations;

/// <summary>What a removal touches, as the administrator sees it before, and its hash, by which it is known to be still so.</summary>
internal static class RevocationPlan
{
    /// <summary>The plan of removing one device.</summary>
    public static RevocationPlanDetails OfDevice(PartitionSnapshot snapshot, DeviceDocument device)
    {
        var user = snapshot.User!;
        var living = Living(snapshot.Devices);
        var successor = RevocationFence.Successor(user, snapshot.Devices, device);
        var remaining = living.Count - 1;
        return new RevocationPlanDetails(
            OperationKind.RemoveDevice,
            Hash(user, snapshot.Devices, [device]),
            ConfirmationPhrases.RemoveDevice,
            [Planned(device, user)],
            remaining,
            living.Find(other => other.DeviceId == successor) is { } active ? Planned(active, user) : null,
            ActiveDeviceChanges: successor != user.ActiveDeviceId,
            Applications: [],
            AccountCount: 0,
            Ending(snapshot, [device]),
            ResetsDid: false,
            LocksOut: remaining == 0,
            remaining == 0 ? PlanNextStep.RestoreFromBackup : PlanNextStep.None,
            CancelsClaim: false);
    }

    /// <summary>The plan of removing all devices and resetting the DID.</summary>
    /// <param name="snapshot">The partition, without its accounts.</param>
    /// <param name="applications">The accounts, counted.</param>
    public static RevocationPlanDetails OfAll(PartitionSnapshot snapshot, IReadOnlyList<PlannedApplication> applications)
    {
        var user = snapshot.User!;
        var living = Living(snapshot.Devices);
        return new RevocationPlanDetails(
            OperationKind.UnregisterAllDevices,
            Hash(user, snapshot.Devices, living),
            ConfirmationPhrases.UnregisterAllDevices,
            [.. living.OrderByDescending(device => device.LastActiveAt).Select(device => Planned(device, user))],
            RemainingDevices: 0,
            ActiveDevice: null,
            ActiveDeviceChanges: user.ActiveDeviceId is not null,
            applications,
            applications.Sum(application => application.Accounts),
            Ending(snapshot, living),
            ResetsDid: true,
            LocksOut: true,
            PlanNextStep.ScanClaim,
            CancelsClaim: snapshot.Claim is { State: ClaimState.Open });
    }

    /// <summary>Whether the plan that the administrator agreed to is still the plan.</summary>
    public static bool Matches(
        string hash, UserDocument user, IReadOnlyList<DeviceDocument> devices, IReadOnlyCollection<DeviceDocument> removed) =>
        hash == Hash(user, devices, removed);

    /// <summary>
    /// Hashes what is decided: the user's identity, the living devices, the removed ones, and who is active before and after. Pending
    /// sign-ins are left out, as they come and go in two minutes.
    /// </summary>
    private static string Hash(
        UserDocument user, IReadOnlyList<DeviceDocument> devices, IReadOnlyCollection<DeviceDocument> removed)
    {
        var living = Living(devices).Select(device => device.DeviceId).Order(StringComparer.Ordinal);
        var gone = removed.Select(device => device.DeviceId).Order(StringComparer.Ordinal);
        var successor = removed.Count == 1 ? RevocationFence.Successor(user, devices, removed.Single()) : null;
        var text =
            $"{user.Epoch}|{user.DidState}|{user.AccountCount}|{user.ActiveDeviceId}|{successor}|{string.Join(',', living)}|{string.Join(',', gone)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static List<DeviceDocument> Living(IReadOnlyList<DeviceDocument> devices) =>
        [.. devices.Where(device => device.State == DeviceState.Active)];

    private static List<AuthenticationRequestDetails> Ending(PartitionSnapshot snapshot, IReadOnlyList<DeviceDocument> devices) =>
        [.. RevocationFence.Ending(snapshot, devices).Select(request => request.ToDetails())];

    private static PlannedDevice Planned(DeviceDocument device, UserDocument user) => new(
        device.DeviceId,
        device.Name,
        device.Model,
        device.Platform,
        device.LastActiveAt,
        IsActive: device.DeviceId == user.ActiveDeviceId,
        device.PushStatus,
        device.PushReason);
}
