namespace BlokSec.Functions.Push.Apns;

/// <summary>
/// What an iPhone is sent: an alert, which also wakes the app (<c>content-available</c>) and its notification extension
/// (<c>mutable-content</c>) where iOS allows it, and beside it the data for the app
/// (https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification).
/// </summary>
internal static class ApnsPayload
{
    /// <summary>Apple's limit, in bytes.</summary>
    public const int Limit = 4096;

    public static PushPayload Build(PhonePush push)
    {
        var json = new PushJson();
        json.Raw("aps"u8, push.Aps);
        json.Text("type"u8, push.DataType);
        json.Text("tenant"u8, push.TenantId);
        json.Text("user"u8, push.UserId);
        json.Text("device"u8, push.DeviceId);
        push.WriteData(ref json, isText: false);
        if (push.TraceParent is not null)
        {
            json.Text("traceparent"u8, push.TraceParent);
        }

        return json.End();
    }
}
