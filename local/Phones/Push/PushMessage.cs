using System.Text.Json;
using BlokSec.Local.Fcm;

namespace BlokSec.Local.Phones.Push;

/// <summary>A push as it reaches a phone.</summary>
/// <param name="Data">What the app can read: FCM <c>data</c>, or the members beside <c>aps</c>.</param>
/// <param name="SystemAlert">What the system shows by itself, whatever the app does.</param>
/// <param name="RunsApp">Whether the app gets to run for it in the background.</param>
/// <param name="CollapseId">A notification with the same one takes the place of the earlier; null for none.</param>
internal sealed record PushMessage(
    IReadOnlyDictionary<string, string> Data, PushAlert? SystemAlert, bool RunsApp, string? CollapseId = null)
{
    /// <summary>The notification that stands for a revocation, in the words of the user guide.</summary>
    public static readonly PushAlert Revoked = new("Device Revoked", "This device has been removed from your account.");

    /// <summary>
    /// Reads the <c>message</c> of FCM HTTP v1 on an Android phone. With a <c>notification</c> block the system shows it and does not run an app that is
    /// in the background (firebase.google.com/docs/cloud-messaging/android/receive).
    /// </summary>
    public static PushMessage FromFcm(JsonElement message)
    {
        var alert = message.TryGetProperty("notification", out var notification) ? Alert(notification) : null;
        var data = message.TryGetProperty("data", out var members) ? members : default;
        return new PushMessage(Texts(data), alert, RunsApp: alert is null);
    }

    /// <summary>
    /// Reads the <c>message</c> of FCM HTTP v1 on an iPhone, which gets what Google hands to Apple. Without an alert or
    /// <c>content-available</c> nothing is shown and the app does not run
    /// (firebase.google.com/docs/cloud-messaging/ios/receive).
    /// </summary>
    public static PushMessage FromFcmOnIos(JsonElement message) => FromApns(
        JsonSerializer.SerializeToElement(FcmApnsChecks.Merged(message)),
        FcmApnsChecks.IsThere(message) ? FcmApnsChecks.Header(message, "apns-collapse-id") : null);

    /// <summary>
    /// Reads an APNs payload. The system shows <c>aps.alert</c>; the app runs for <c>content-available</c>, its notification service
    /// extension for an alert with <c>mutable-content</c>.
    /// </summary>
    public static PushMessage FromApns(JsonElement payload, string? collapseId = null)
    {
        var aps = payload.TryGetProperty("aps", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        var alert = Member(aps, "alert") is { } shown ? Alert(shown) : null;
        var runsApp = Flag(aps, "content-available") || (alert is not null && Flag(aps, "mutable-content"));
        return new PushMessage(Texts(payload), alert, runsApp, collapseId);
    }

    /// <summary>A value of the data.</summary>
    public string? Value(string name) => Data.GetValueOrDefault(name);

    private static PushAlert? Alert(JsonElement alert) => alert.ValueKind switch
    {
        JsonValueKind.String => new PushAlert("", alert.GetString()!),
        JsonValueKind.Object => new PushAlert(Member(alert, "title")?.ToString() ?? "", Member(alert, "body")?.ToString() ?? ""),
        _ => null,
    };

    private static bool Flag(JsonElement aps, string name) =>
        Member(aps, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var flag) && flag == 1;

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;

    private static Dictionary<string, string> Texts(JsonElement json) => json.ValueKind == JsonValueKind.Object
        ? json.EnumerateObject().Where(member => member.Name != "aps").ToDictionary(member => member.Name, member => member.Value.ToString())
        : [];
}

/// <summary>Title and body of a notification.</summary>
/// <param name="Title">In bold.</param>
/// <param name="Body">The text.</param>
internal sealed record PushAlert(string Title, string Body);
