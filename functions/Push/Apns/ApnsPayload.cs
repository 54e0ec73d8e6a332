using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BlokSec.Functions.Push.Apns;

/// <summary>
/// What an iPhone is sent: an alert that is shown whatever the app does, which also wakes the app (<c>content-available</c>) and its
/// notification extension (<c>mutable-content</c>) where iOS allows it
/// (https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification).
/// </summary>
internal static class ApnsPayload
{
    /// <summary>Apple's limit, in bytes.</summary>
    public const int Limit = 4096;

    /// <summary>The value of <c>aps</c>, the part that iOS itself reads.</summary>
    public static readonly byte[] Alert = Encoding.UTF8.GetBytes(
        $$$"""{"alert":{"title":"{{{RevokePush.Title}}}","body":"{{{RevokePush.Body}}}"},"sound":"default","content-available":1,"mutable-content":1}""");

    private const string CollapsePrefix = "revoke-";
    private const int LongestCollapseId = 64;

    private static readonly SearchValues<char> PlainId =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    public static PushPayload Build(RevokePush push)
    {
        var json = new PushJson();
        json.Raw("aps"u8, Alert);
        json.Text("type"u8, RevokePush.Type);
        json.Text("tenant"u8, push.TenantId);
        json.Text("user"u8, push.UserId);
        json.Text("device"u8, push.DeviceId);
        json.Number("epoch"u8, push.Epoch);
        json.Text("statement"u8, push.Statement);
        if (push.TraceParent is not null)
        {
            json.Text("traceparent"u8, push.TraceParent);
        }

        return json.End();
    }

    /// <summary>One notification per device, however often it is sent; at most 64 bytes, so an id that does not fit is hashed.</summary>
    public static string CollapseId(string deviceId) =>
        CollapsePrefix.Length + deviceId.Length <= LongestCollapseId && !deviceId.AsSpan().ContainsAnyExcept(PlainId)
            ? CollapsePrefix + deviceId
            : CollapsePrefix + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(deviceId)));
}
