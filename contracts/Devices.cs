using System.ComponentModel.DataAnnotations;

namespace BlokSec.Contracts;

/// <summary>The system of a phone; decides which push service reaches it.</summary>
public enum DevicePlatform
{
    /// <summary>Apple iOS.</summary>
    Ios,

    /// <summary>Google Android.</summary>
    Android,
}

/// <summary>Whether push notifications reach a device.</summary>
public enum PushStatus
{
    /// <summary>The app registered no push handle.</summary>
    None,

    /// <summary>The app registered a push handle, or the provider took a push to it; the time says when that was seen.</summary>
    Receiving,

    /// <summary>The provider said that the push handle is dead, or the app took it back.</summary>
    NotReceiving,

    /// <summary>The phone's system shows no notifications of the app, as the phone said.</summary>
    NotificationsOff,

    /// <summary>A push handle exists, but nothing was heard of the phone for a month.</summary>
    Unknown,
}

/// <summary>A registered phone.</summary>
/// <param name="DeviceId">The RFC 7638 thumbprint of the device's public key.</param>
/// <param name="Name">Name given on the phone, such as "Work phone".</param>
/// <param name="Model">Such as "iPhone 16 Pro".</param>
/// <param name="Platform">Its system.</param>
/// <param name="OsVersion">Version of the system.</param>
/// <param name="AppVersion">Version of the BlokSec app.</param>
/// <param name="RegisteredAt">When it was enrolled.</param>
/// <param name="LastActiveAt">When it last called, to about five minutes.</param>
/// <param name="IsActive">Whether sign-in requests are pushed to it.</param>
/// <param name="Push">Whether push notifications reach it.</param>
/// <param name="PushReason">Why they do not, in plain words.</param>
/// <param name="CanBecomeActive">Whether it has a push handle.</param>
/// <param name="Epoch">The user's epoch when it was enrolled.</param>
public sealed record DeviceDetails(
    string DeviceId,
    string Name,
    string Model,
    DevicePlatform Platform,
    string OsVersion,
    string AppVersion,
    DateTimeOffset RegisteredAt,
    DateTimeOffset LastActiveAt,
    bool IsActive,
    PushStatus Push,
    string? PushReason,
    bool CanBecomeActive,
    long Epoch)
{
    /// <summary>When the push status was seen last: a push that was taken or refused, or the registration of the handle.</summary>
    public DateTimeOffset? PushSeenAt { get; init; }

    /// <summary>When the phone last told something new of itself: names, versions, whether notifications are allowed; null when it never did.</summary>
    public DateTimeOffset? FactsAt { get; init; }

    /// <summary>Seconds that the phone's clock is ahead of the service's, as it said last; null when it never said.</summary>
    public int? ClockOffset { get; init; }
}

/// <summary>What became of a push that an administrator sent to see whether a device can be reached.</summary>
/// <param name="Accepted">Whether the provider took it. Only the phone itself can show that it arrived.</param>
/// <param name="Explanation">What the provider said, in plain words.</param>
/// <param name="At">When.</param>
public sealed record PushTest(bool Accepted, string Explanation, DateTimeOffset At);

/// <summary>Chooses the device that sign-in requests are pushed to.</summary>
public sealed record SetActiveDeviceRequest
{
    /// <summary>A registered device that has a push handle.</summary>
    /// <example>NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs</example>
    [RegularExpression("^[A-Za-z0-9_-]{43}$", ErrorMessage = "is 43 characters of base64url: the thumbprint of the device's key")]
    public required string DeviceId { get; init; }
}
