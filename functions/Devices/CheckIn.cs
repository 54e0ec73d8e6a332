using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>What a phone told of itself with a call, beside what is known of it. Pure: only what changed is written.</summary>
internal static class CheckIn
{
    /// <summary>A phone reckons its clock anew with every answer; less than this is no change.</summary>
    private const int ClockGrain = 30;

    /// <summary>What to change in the device's document; empty when all is as it was.</summary>
    public static List<PatchOperation> Changes(DeviceDocument device, DeviceFacts? facts, DateTimeOffset now)
    {
        var changes = new List<PatchOperation>();
        if (facts is null)
        {
            return changes;
        }

        Set("/name", device.Name, facts.Name);
        Set("/osVersion", device.OsVersion, facts.OsVersion);
        Set("/appVersion", device.AppVersion, facts.AppVersion);
        if (facts.NotificationsAllowed is { } allowed && allowed != device.NotificationsAllowed)
        {
            changes.Add(PatchOperation.Set("/notificationsAllowed", allowed));
        }

        if (facts.ClockOffset is { } offset && (device.ClockOffset is not { } known || Math.Abs((long)offset - known) >= ClockGrain))
        {
            changes.Add(PatchOperation.Set("/clockOffset", offset));
        }

        if (changes.Count > 0)
        {
            changes.Add(PatchOperation.Set("/factsAt", now));
        }

        return changes;

        void Set(string path, string known, string? told)
        {
            if (told is not null && told != known)
            {
                changes.Add(PatchOperation.Set(path, told));
            }
        }
    }

    /// <summary>For the auditor: that the user turned notifications off or on; null when that is as it was.</summary>
    public static AuditDocument? Entry(DeviceDocument device, DeviceFacts? facts, DateTimeOffset now)
    {
        var after = device with { NotificationsAllowed = facts?.NotificationsAllowed ?? device.NotificationsAllowed };
        var (was, isNow) = (device.PushStatusAt(now), after.PushStatusAt(now));
        return was == isNow || (was != PushStatus.NotificationsOff && isNow != PushStatus.NotificationsOff)
            ? null
            : device.Key.Entry(now, AuditActor.Phone(device.DeviceId), AuditActions.PushStatusChanged, device.DeviceId) with
            {
                Before = new Dictionary<string, string?> { ["pushStatus"] = was.ToString() },
                After = new Dictionary<string, string?> { ["pushStatus"] = isNow.ToString() },
            };
    }
}
