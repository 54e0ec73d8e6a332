using System.Text;
using System.Text.Json.Serialization;

namespace BlokSec.Functions.Push;

/// <summary>What kind of address a push handle is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PushHandleKind>))]
internal enum PushHandleKind
{
    /// <summary>A device token of Apple's push service.</summary>
    [JsonStringEnumMemberName("apns")]
    Apns,

    /// <summary>A registration token of Firebase Cloud Messaging.</summary>
    [JsonStringEnumMemberName("fcmToken")]
    FcmToken,

    /// <summary>A Firebase installation id, which replaces registration tokens.</summary>
    [JsonStringEnumMemberName("fcmFid")]
    FcmFid,
}

/// <summary>Which of Apple's push services gave out a device token.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PushEnvironment>))]
internal enum PushEnvironment
{
    /// <summary>Apps from the App Store, TestFlight or an enterprise.</summary>
    [JsonStringEnumMemberName("production")]
    Production,

    /// <summary>Apps started from Xcode.</summary>
    [JsonStringEnumMemberName("sandbox")]
    Sandbox,
}

/// <summary>
/// Where a device's app can be reached. The value is a secret (whoever has it can disturb the phone): it is in no log, message, trace
/// or answer, and <see cref="ToString"/> leaves it out.
/// </summary>
/// <param name="Kind">What kind of address it is.</param>
/// <param name="Value">The address itself; opaque.</param>
/// <param name="Environment">For APNs: which service gave it out; null means production.</param>
/// <param name="RegisteredAt">When the app last told us this handle: an older report that it is dead does not count.</param>
internal sealed record PushHandle(PushHandleKind Kind, string Value, PushEnvironment? Environment, DateTimeOffset RegisteredAt)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Kind = ").Append(Kind).Append(", RegisteredAt = ").Append(RegisteredAt.ToString("O"));
        return true;
    }
}
