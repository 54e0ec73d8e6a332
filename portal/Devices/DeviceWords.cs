using BlokSec.Contracts;

namespace BlokSec.Portal.Devices;

/// <summary>Facts of a device in plain words.</summary>
internal static class DeviceWords
{
    public static string Platform(DevicePlatform platform) => platform == DevicePlatform.Ios ? "iOS" : "Android";

    /// <summary>Whose push service reaches the device.</summary>
    public static string Provider(DevicePlatform platform) => platform == DevicePlatform.Ios ? "Apple" : "Google";

    /// <summary>Such as <c>iOS 19.1</c>.</summary>
    public static string System(DevicePlatform platform, string version) =>
        version.StartsWith(Platform(platform), StringComparison.OrdinalIgnoreCase) ? version : $"{Platform(platform)} {version}".TrimEnd();

    public static string Push(PushStatus status) => status switch
    {
        PushStatus.Receiving => "Receiving",
        PushStatus.NotReceiving => "Not receiving",
        PushStatus.NotificationsOff => "Notifications off",
        PushStatus.Unknown => "Unknown",
        _ => "Not registered",
    };

    /// <summary>Why push does not reach it.</summary>
    public static string? PushReason(PushStatus status, string? reason) => status switch
    {
        PushStatus.Receiving => null,
        PushStatus.NotificationsOff => "The user turned the app's notifications off in the phone's settings. The app can still be opened.",
        PushStatus.Unknown => "Nothing was heard of this phone for a month. The app may be gone.",
        PushStatus.None => reason ?? "The app on this phone never allowed push notifications.",
        _ => reason ?? "Apple or Google say that the app's push address is dead.",
    };

    /// <summary>What became of a test notification.</summary>
    public static string Test(PushTest test) => test.Accepted
        ? $"{test.Explanation} Ask the user whether the test notification was shown."
        : test.Explanation;

    public static string Tone(PushStatus status) => status == PushStatus.Receiving ? "good" : "warn";

    /// <summary>Why the device cannot become the active one; null when it can.</summary>
    public static string? NotActiveBecause(DeviceDetails device) =>
        device.CanBecomeActive ? null : "Cannot become active: it has no push token.";
}
