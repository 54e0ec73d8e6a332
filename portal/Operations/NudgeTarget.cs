using BlokSec.Contracts;

namespace BlokSec.Portal.Operations;

/// <summary>A removed device whose push may be sent again by hand.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Name">How it is called.</param>
/// <param name="CanNudge">Whether the push can be sent again.</param>
/// <param name="NudgedBy">Who asked for that last; null when nobody did.</param>
public sealed record NudgeTarget(string DeviceId, string Name, bool CanNudge, string? NudgedBy)
{
    public static NudgeTarget Of(RevocationDetails revocation, DateTimeOffset now) => new(
        revocation.DeviceId,
        $"{revocation.Name}, {revocation.Model}",
        !RevocationWords.IsKnown(revocation) && revocation.NudgeUntil > now,
        revocation.Timeline.LastOrDefault(entry => entry.What == "Nudged")?.Detail);

    public static NudgeTarget Of(OldestRemoval removal) => new(removal.DeviceId, removal.DeviceName, removal.CanNudge, removal.NudgedBy);
}
