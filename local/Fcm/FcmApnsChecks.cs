using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BlokSec.Local.Fcm;

/// <summary>
/// What Google finds wrong with the block for iPhones
/// (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages#ApnsConfig), and what it passes on to Apple: the block's
/// payload, and the message's data beside it.
/// </summary>
internal static class FcmApnsChecks
{
    private const string Path = "message.apns";
    private const int LargestPayload = 4096;
    private const int LongestCollapseId = 64;

    private static readonly string[] Fields = ["headers", "payload", "fcm_options", "fcmOptions", "live_activity_token", "liveActivityToken"];

    public static bool IsThere(JsonElement message) => message.TryGetProperty("apns", out _);

    public static FcmRefusal? Block(JsonElement message)
    {
        if (!message.TryGetProperty("apns", out var apns))
        {
            return null;
        }

        return apns.ValueKind != JsonValueKind.Object ? FcmRefusal.Invalid(Path, $"Invalid value at '{Path}'")
            : FcmChecks.Unknown(apns, Fields, Path) ?? Headers(message) ?? Payload(apns) ?? Size(message);
    }

    public static string? Header(JsonElement message, string name) =>
        message.GetProperty("apns").TryGetProperty("headers", out var headers)
        && headers.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public static DateTimeOffset? ExpiresAt(JsonElement message) =>
        long.TryParse(Header(message, "apns-expiration"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
            : null;

    /// <summary>The payload as Apple gets it from Google.</summary>
    public static Dictionary<string, JsonElement> Merged(JsonElement message)
    {
        var merged = new Dictionary<string, JsonElement>();
        JsonElement[] parts = [Member(message, "data"), Member(Member(message, "apns"), "payload")];
        foreach (var member in parts.Where(part => part.ValueKind == JsonValueKind.Object).SelectMany(part => part.EnumerateObject()))
        {
            merged[member.Name] = member.Value;
        }

        return merged;
    }

    private static FcmRefusal? Headers(JsonElement message)
    {
        var headers = Member(message.GetProperty("apns"), "headers");
        if (headers.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object)
            || (headers.ValueKind == JsonValueKind.Object && headers.EnumerateObject().Any(header => header.Value.ValueKind != JsonValueKind.String)))
        {
            return FcmRefusal.Invalid($"{Path}.headers", $"Invalid value at '{Path}.headers' (TYPE_STRING)");
        }

        var wrong = Header(message, "apns-priority") is not (null or "10" or "5" or "1") ? "apns-priority"
            : Header(message, "apns-push-type") is not (null or "alert" or "background") ? "apns-push-type"
            : Header(message, "apns-expiration") is not null && ExpiresAt(message) is null ? "apns-expiration"
            : Encoding.UTF8.GetByteCount(Header(message, "apns-collapse-id") ?? "") > LongestCollapseId ? "apns-collapse-id"
            : null;
        return wrong is null ? null : Refuse($"{Path}.headers", $"Invalid APNs header: {wrong}");
    }

    private static FcmRefusal? Payload(JsonElement apns)
    {
        var payload = Member(apns, "payload");
        return payload.ValueKind == JsonValueKind.Undefined
            || (payload.ValueKind == JsonValueKind.Object && Member(payload, "aps").ValueKind is JsonValueKind.Undefined or JsonValueKind.Object)
                ? null
                : Refuse($"{Path}.payload", $"Invalid value at '{Path}.payload'");
    }

    // Google names no field when a message is too big.
    private static FcmRefusal? Size(JsonElement message) =>
        JsonSerializer.SerializeToUtf8Bytes(Merged(message)).Length > LargestPayload ? Refuse(string.Empty, "APNS message is too big") : null;

    private static FcmRefusal Refuse(string field, string message) =>
        FcmRefusal.Invalid(field, message) with { ErrorCode = "INVALID_ARGUMENT" };

    private static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : default;
}
