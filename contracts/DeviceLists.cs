namespace BlokSec.Contracts;

/// <summary>A registered phone, as the list of the tenant's devices shows it.</summary>
/// <param name="DeviceId">The RFC 7638 thumbprint of the device's public key.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Name">Name given on the phone, such as "Work phone".</param>
/// <param name="Model">Such as "iPhone 16 Pro".</param>
/// <param name="Platform">Its system.</param>
/// <param name="OsVersion">Version of the system.</param>
/// <param name="AppVersion">Version of the BlokSec app.</param>
/// <param name="RegisteredAt">When it was enrolled.</param>
/// <param name="LastActiveAt">When it last called, to about five minutes.</param>
/// <param name="IsActive">Whether sign-in requests are pushed to it.</param>
/// <param name="Push">Whether push notifications reach it.</param>
public sealed record DeviceSummary(
    string DeviceId,
    string UserId,
    string Name,
    string Model,
    DevicePlatform Platform,
    string OsVersion,
    string AppVersion,
    DateTimeOffset RegisteredAt,
    DateTimeOffset LastActiveAt,
    bool IsActive,
    PushStatus Push)
{
    /// <summary>First name of the user; null when the user cannot be read.</summary>
    public string? GivenName { get; init; }

    /// <summary>Last name of the user; null when the user cannot be read.</summary>
    public string? FamilyName { get; init; }

    /// <summary>Why push notifications do not reach it, in plain words.</summary>
    public string? PushReason { get; init; }

    /// <summary>When the push status was seen last: a push that was taken or refused, or the registration of the handle.</summary>
    public DateTimeOffset? PushSeenAt { get; init; }
}

/// <summary>A page of devices.</summary>
/// <param name="Devices">The devices of this page.</param>
/// <param name="Continuation">Pass it back for the next page; null on the last. A page may have no devices and still not be the last.</param>
public sealed record DeviceList(IReadOnlyList<DeviceSummary> Devices, string? Continuation)
{
    /// <summary>How many devices were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}
