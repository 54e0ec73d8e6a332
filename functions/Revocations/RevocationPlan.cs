using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.SignIns;

namespace BlokSec.Functions.Revocations;

/// <summary>What a removal touches, as the administrator sees it before, and its hash, by which it is known to be still so.</summary>
internal static class RevocationPlan
{
    /// <summary>The plan of removing one device.</summary>
    /// <param name="snapshot">The partition, without its accounts.</param>
    /// <param name="device">The device.</param>
    /// <param name="now">The time.</param>
    public static RevocationPlanDetails OfDevice(PartitionSnapshot snapshot, DeviceDocument device, DateTimeOffset now)
    {
        var user = snapshot.User!;
        var active = Active(snapshot.Devices);
        var successor = ActiveDeviceSuccession.Successor(user, snapshot.Devices, device, now);
        var remaining = active.FindAll(other => other.DeviceId != device.DeviceId);
        var doubtful = remaining.FindAll(other => other.PushStatusAt(now) != PushStatus.Receiving);
        var reachable = remaining.Count - doubtful.Count;
        return new RevocationPlanDetails(
            OperationKind.RemoveDevice,
            Hash(user, snapshot.Devices, device, successor, NewestOf(snapshot.Devices)),
            ConfirmationPhrases.RemoveDevice,
            [Planned(device, user, now)],
            reachable,
            active.Find(other => other.DeviceId == successor) is { } next ? Planned(next, user, now) : null,
            ActiveDeviceChanges: successor != user.ActiveDeviceId,
            Applications: [],
            AccountCount: 0,
            Ending(snapshot, [device], now),
            ResetsDid: false,
            LocksOut: reachable == 0,
            remaining.Count == 0 ? PlanNextStep.RestoreFromBackup : reachable == 0 ? PlanNextStep.CheckDevices : PlanNextStep.None,
            CancelsClaim: false)
        {
            DoubtfulDevices = [.. doubtful.OrderByDescending(other => other.LastActiveAt).Select(other => Planned(other, user, now))],
        };
    }

    /// <summary>The plan of removing all devices and resetting the DID.</summary>
    /// <param name="snapshot">The partition, without its accounts.</param>
    /// <param name="applications">The accounts, counted.</param>
    /// <param name="now">The time.</param>
    public static RevocationPlanDetails OfAll(PartitionSnapshot snapshot, IReadOnlyList<PlannedApplication> applications, DateTimeOffset now)
    {
        var user = snapshot.User!;
        var active = Active(snapshot.Devices);
        return new RevocationPlanDetails(
            OperationKind.UnregisterAllDevices,
            Hash(user, snapshot.Devices, removed: null, successor: null, NewestOf(snapshot.Devices)),
            ConfirmationPhrases.UnregisterAllDevices,
            [.. active.OrderByDescending(device => device.LastActiveAt).Select(device => Planned(device, user, now))],
            RemainingDevices: 0,
            ActiveDevice: null,
            ActiveDeviceChanges: user.ActiveDeviceId is not null,
            applications,
            applications.Sum(application => application.Accounts),
            Ending(snapshot, active, now),
            ResetsDid: true,
            LocksOut: true,
            PlanNextStep.ScanClaim,
            CancelsClaim: snapshot.Claim is { State: ClaimState.Open });
    }

    /// <summary>
    /// Whether the plan that the administrator agreed to can be carried out as it was shown. What phones did since then does not make it
    /// stale: the active device becomes the one that was shown although another one was used later, a device that was enrolled later is
    /// not one of those that must be as they were, and where there was no active device, a phone may have become it.
    /// </summary>
    /// <param name="hash">What the plan's hash was.</param>
    /// <param name="user">The user.</param>
    /// <param name="devices">The user's devices.</param>
    /// <param name="removed">The device to revoke; null for all of them.</param>
    /// <param name="now">The time.</param>
    /// <param name="successor">The active device from then on.</param>
    public static bool Matches(
        string hash, UserDocument user, IReadOnlyList<DeviceDocument> devices, DeviceDocument? removed, DateTimeOffset now, out string? successor)
    {
        successor = null;
        if (hash.Split('-') is not [var text, _] || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var newest))
        {
            return false;
        }

        foreach (var seen in (UserDocument[])[user, user with { ActiveDeviceId = null }])
        {
            foreach (var candidate in Successors(seen, devices, removed, now))
            {
                if (hash == Hash(seen, devices, removed, candidate, newest))
                {
                    successor = seen.ActiveDeviceId is null && user.ActiveDeviceId != removed?.DeviceId ? user.ActiveDeviceId : candidate;
                    return true;
                }
            }
        }

        return false;
    }

    private static IEnumerable<string?> Successors(
        UserDocument user, IReadOnlyList<DeviceDocument> devices, DeviceDocument? removed, DateTimeOffset now) =>
        removed is not null && user.ActiveDeviceId == removed.DeviceId
            ? devices.Where(device => ActiveDeviceSuccession.CanSucceed(device, removed, now)).Select(string? (device) => device.DeviceId).Append(null)
            : [removed is null ? null : user.ActiveDeviceId];

    /// <summary>
    /// Hashes what is decided: the user's identity, the devices that were active when the plan was made, which one is to be removed, and
    /// which one is the active one before and after. Before the hash stands when the newest of these devices was registered: later ones are
    /// told apart by it. Pending sign-ins are left out, as they come and go in two minutes.
    /// </summary>
    private static string Hash(
        UserDocument user, IReadOnlyList<DeviceDocument> devices, DeviceDocument? removed, string? successor, long newest)
    {
        var known = Active(devices)
            .Where(device => device.RegisteredAt.ToUnixTimeMilliseconds() <= newest)
            .Select(device => device.DeviceId)
            .Order(StringComparer.Ordinal);
        var text = string.Join(
            '|', user.Epoch, user.DidState, user.AccountCount, user.ActiveDeviceId, successor, string.Join(',', known), removed?.DeviceId);
        return $"{newest}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    private static long NewestOf(IReadOnlyList<DeviceDocument> devices) =>
        Active(devices).Select(device => device.RegisteredAt.ToUnixTimeMilliseconds()).DefaultIfEmpty().Max();

    private static List<DeviceDocument> Active(IReadOnlyList<DeviceDocument> devices) =>
        [.. devices.Where(device => device.State == DeviceState.Active)];

    private static List<AuthenticationRequestDetails> Ending(PartitionSnapshot snapshot, IReadOnlyList<DeviceDocument> devices, DateTimeOffset now) =>
        [.. WaitingSignIns.Of(snapshot, devices, now).Take(RevocationFence.MaxPendingSignIns).Select(request => request.ToDetails(now))];

    private static PlannedDevice Planned(DeviceDocument device, UserDocument user, DateTimeOffset now) => new(
        device.DeviceId,
        device.Name,
        device.Model,
        device.Platform,
        device.LastActiveAt,
        IsActive: device.DeviceId == user.ActiveDeviceId,
        device.PushStatusAt(now),
        device.PushReason);
}
