using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

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

    private const string CollapsePrefix = "revoke-";
    private const int LongestCollapseId = 64;

    private static readonly SearchValues<char> PlainId =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    public static byte[] Build(RevokePush push) => PushJson.Write(push, static (json, push) =>
    {
        json.WriteStartObject();
        WriteAlert(json);
        json.WriteString("type", RevokePush.Type);
        json.WriteString("tenant", push.TenantId);
        json.WriteString("user", push.UserId);
        json.WriteString("device", push.DeviceId);
        json.WriteNumber("epoch", push.Epoch);
        json.WriteString("statement", push.Statement);
        if (push.TraceParent is not null)
        {
            json.WriteString("traceparent", push.TraceParent);
        }

        json.WriteEndObject();
    });

    /// <summary>Writes <c>aps</c>, the part that iOS itself reads.</summary>
    public static void WriteAlert(Utf8JsonWriter json)
    {
        json.WriteStartObject("aps");
        json.WriteStartObject("alert");
        json.WriteString("title", RevokePush.Title);
        json.WriteString("body", RevokePush.Body);
        json.WriteEndObject();
        json.WriteString("sound", "default");
        json.WriteNumber("content-available", 1);
        json.WriteNumber("mutable-content", 1);
        json.WriteEndObject();
    }

    /// <summary>One notification per device, however often it is sent; at most 64 bytes, so an id that does not fit is hashed.</summary>
    public static string CollapseId(string deviceId) =>
        CollapsePrefix.Length + deviceId.Length <= LongestCollapseId && !deviceId.AsSpan().ContainsAnyExcept(PlainId)
            ? CollapsePrefix + deviceId
            : CollapsePrefix + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(deviceId)));
}
