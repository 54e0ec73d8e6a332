using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>What <see cref="DeviceDocument"/> says of a device, as conditions of queries.</summary>
internal static class DeviceConditions
{
    public const string Pushes = "^(receiving|notReceiving|notificationsOff|unknown|none)$";
    public const string PushFault = "is receiving, notReceiving, notificationsOff, unknown or none";

    public const int MaxUnusedDays = 3_650;
    public const string UnusedFault = "is 1 to 3650";

    /// <summary>Every registered device.</summary>
    public const string IsRegistered = $"c.type = 'device' AND {DeviceDocument.NotRevoked}";

    private const string AreOff = "(IS_BOOL(c.notificationsAllowed) AND NOT c.notificationsAllowed)";

    private const string IsSilent =
        """
        (c.lastActiveAt < @fresh AND (NOT IS_STRING(c.pushCheckedAt) OR c.pushCheckedAt < @fresh)
        AND (NOT IS_STRING(c.pushHandle.registeredAt) OR c.pushHandle.registeredAt < @fresh))
        """;

    /// <summary>That <see cref="DeviceDocument.PushStatusAt"/> is a status; needs <c>@push</c> and <c>@fresh</c>.</summary>
    public static string HasPush(PushStatus status) => status switch
    {
        PushStatus.Receiving => $"(c.pushStatus = 'receiving' AND NOT {AreOff} AND NOT {IsSilent})",
        PushStatus.NotificationsOff => $"(c.pushStatus = @push OR (c.pushStatus = 'receiving' AND {AreOff}))",
        PushStatus.Unknown => $"(c.pushStatus = @push OR (c.pushStatus = 'receiving' AND NOT {AreOff} AND {IsSilent}))",
        PushStatus.None => "(NOT IS_STRING(c.pushStatus) OR c.pushStatus = @push)",
        _ => "c.pushStatus = @push",
    };

    /// <summary>What <see cref="HasPush"/> compares with.</summary>
    public static IEnumerable<(string Name, object Value)> Parameters(PushStatus status, DateTimeOffset now) =>
        [("@push", status), ("@fresh", now - DeviceDocument.FreshFor)];
}
