using BlokSec.Contracts;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Removals;

/// <summary>What is different between the plan that was seen and the one of now, a sentence each.</summary>
internal static class PlanChanges
{
    public static IReadOnlyList<string> Between(RevocationPlanDetails seen, RevocationPlanDetails now)
    {
        string[] changes = [.. Devices(seen, now), .. Active(seen, now), .. Rest(seen, now)];
        return changes is [] ? ["The user was changed meanwhile; what would be done is the same."] : changes;
    }

    private static IEnumerable<string> Devices(RevocationPlanDetails seen, RevocationPlanDetails now)
    {
        foreach (var device in now.Devices.ExceptBy(seen.Devices.Select(Id), Id))
        {
            yield return $"{Name(device)} was added and would be removed too.";
        }

        foreach (var device in seen.Devices.ExceptBy(now.Devices.Select(Id), Id))
        {
            yield return $"{Name(device)} is no longer registered.";
        }

        foreach (var (before, after) in seen.Devices.Join(now.Devices, Id, Id, (before, after) => (before, after)))
        {
            if (before.Push != after.Push)
            {
                yield return $"{Name(after)}: {(after.Push == PushStatus.Receiving ? "push can reach it now" : "push can no longer reach it")}.";
            }
        }

        if (seen.Kind == OperationKind.RemoveDevice && seen.RemainingDevices != now.RemainingDevices)
        {
            yield return $"The user would keep {Plural.Of(now.RemainingDevices, "device")}, not {Plural.Number(seen.RemainingDevices)}.";
        }
    }

    private static IEnumerable<string> Active(RevocationPlanDetails seen, RevocationPlanDetails now)
    {
        if (seen.ActiveDevice?.DeviceId != now.ActiveDevice?.DeviceId)
        {
            yield return now.ActiveDevice is { } active
                ? $"Sign-in requests would go to {Name(active)} afterwards."
                : "No device would be left for push notifications.";
        }

        if (now.Devices.FirstOrDefault(device => device.IsActive) is { } nowActive
            && !seen.Devices.Any(device => device.IsActive && device.DeviceId == nowActive.DeviceId))
        {
            yield return $"{Name(nowActive)} is the active device now.";
        }
    }

    private static IEnumerable<string> Rest(RevocationPlanDetails seen, RevocationPlanDetails now)
    {
        if (seen.AccountCount != now.AccountCount)
        {
            yield return $"{Plural.Of(now.AccountCount, "account")} would be reset, not {Plural.Number(seen.AccountCount)}.";
        }

        if (!seen.PendingSignIns.Select(request => request.RequestId).ToHashSet().SetEquals(now.PendingSignIns.Select(request => request.RequestId)))
        {
            yield return $"Now {Plural.Of(now.PendingSignIns.Count, "sign-in request")} would end as superseded.";
        }

        if (!seen.LocksOut && now.LocksOut)
        {
            yield return "The user would be locked out.";
        }

        if (seen.CancelsClaim != now.CancelsClaim)
        {
            yield return now.CancelsClaim ? "An open claim QR code would stop working." : "There is no longer an open claim QR code.";
        }
    }

    private static string Id(PlannedDevice device) => device.DeviceId;

    private static string Name(PlannedDevice device) => DeviceNames.Of(device.Name, device.Model);
}
