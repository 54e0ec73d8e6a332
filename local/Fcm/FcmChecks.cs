using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BlokSec.Local.Fcm;

/// <summary>
/// What Google finds wrong with a message (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages). Targets other
/// than one phone are not supported; the blocks for the web and notifications are accepted unread.
/// </summary>
internal static partial class FcmChecks
{
    private const int LargestData = 4096;
    private const double LongestTtl = 2_419_200;

    private static readonly string[] Fields =
        ["token", "fid", "topic", "condition", "data", "notification", "android", "webpush", "apns", "fcm_options", "fcmOptions", "name"];

    private static readonly string[] Targets = ["token", "fid", "topic", "condition"];

    private static readonly string[] AndroidFields =
    [
        "collapse_key", "collapseKey", "priority", "ttl", "restricted_package_name", "restrictedPackageName", "data", "notification",
        "fcm_options", "fcmOptions", "direct_boot_ok", "directBootOk",
    ];

    public static FcmRefusal? Message(byte[] body, out JsonElement message, out string token)
    {
        message = default;
        token = string.Empty;
        try
        {
            var root = JsonElement.Parse(body);
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("message", out message) || message.ValueKind != JsonValueKind.Object)
            {
                return FcmRefusal.Invalid("message", "Message is not set.");
            }
        }
        catch (JsonException)
        {
            return FcmRefusal.Invalid(string.Empty, "Invalid JSON payload received.");
        }

        return Unknown(message, Fields, "message") ?? Target(message, out token) ?? Data(message) ?? Android(message)
            ?? FcmApnsChecks.Block(message) ?? Handle(token);
    }

    public static FcmRefusal? Unknown(JsonElement of, string[] known, string path)
    {
        foreach (var property in of.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                return FcmRefusal.Invalid(
                    path, $"Invalid JSON payload received. Unknown name \"{property.Name}\" at '{path}': Cannot find field.");
            }
        }

        return null;
    }

    private static FcmRefusal? Target(JsonElement message, out string token)
    {
        token = string.Empty;
        var targets = Targets.Where(name => message.TryGetProperty(name, out _)).ToArray();
        if (targets.Length != 1)
        {
            return FcmRefusal.Invalid(
                "message", targets.Length == 0 ? "Recipient of the message is not set." : "oneof field 'target' is already set.");
        }

        if (targets[0] is "topic" or "condition")
        {
            return new FcmRefusal(501, "UNIMPLEMENTED", "The stand-in sends to single phones only.");
        }

        var value = message.GetProperty(targets[0]);
        if (value.ValueKind != JsonValueKind.String)
        {
            return FcmRefusal.Invalid($"message.{targets[0]}", $"Invalid value at 'message.{targets[0]}' (TYPE_STRING)");
        }

        token = value.GetString()!;
        return null;
    }

    private static FcmRefusal? Data(JsonElement message)
    {
        if (!message.TryGetProperty("data", out var data))
        {
            return null;
        }

        if (data.ValueKind != JsonValueKind.Object)
        {
            return FcmRefusal.Invalid("message.data", "Invalid value at 'message.data'");
        }

        var index = 0;
        var size = 0;
        foreach (var pair in data.EnumerateObject())
        {
            if (pair.Value.ValueKind != JsonValueKind.String)
            {
                var field = $"message.data[{index.ToString(CultureInfo.InvariantCulture)}].value";
                return FcmRefusal.Invalid(field, $"Invalid value at '{field}' (TYPE_STRING), {pair.Value.GetRawText()}");
            }

            if (ReservedKey().IsMatch(pair.Name))
            {
                return FcmRefusal.Invalid("message.data", $"Invalid data payload key: {pair.Name}") with { ErrorCode = "INVALID_ARGUMENT" };
            }

            index++;
            size += Encoding.UTF8.GetByteCount(pair.Name) + Encoding.UTF8.GetByteCount(pair.Value.GetString()!);
        }

        // Google names no field when a message is too big.
        return size > LargestData
            ? FcmRefusal.Invalid(string.Empty, "Android message is too big") with { ErrorCode = "INVALID_ARGUMENT" }
            : null;
    }

    private static FcmRefusal? Android(JsonElement message)
    {
        if (!message.TryGetProperty("android", out var android))
        {
            return null;
        }

        if (Unknown(android, AndroidFields, "message.android") is { } unknown)
        {
            return unknown;
        }

        if (android.TryGetProperty("priority", out var priority)
            && priority.GetString() is not ("HIGH" or "NORMAL" or "high" or "normal"))
        {
            return FcmRefusal.Invalid("message.android.priority", "Invalid value at 'message.android.priority'");
        }

        return android.TryGetProperty("ttl", out _) && Ttl(message) is not (>= 0 and <= LongestTtl)
            ? FcmRefusal.Invalid("message.android.ttl", "Invalid value at 'message.android.ttl'") with { ErrorCode = "INVALID_ARGUMENT" }
            : null;
    }

    /// <summary>How long the message is kept, in seconds: four weeks unless it says less; null when it cannot be read.</summary>
    public static double? Ttl(JsonElement message)
    {
        if (!message.TryGetProperty("android", out var android) || !android.TryGetProperty("ttl", out var ttl))
        {
            return LongestTtl;
        }

        return ttl.ValueKind == JsonValueKind.String && Duration().IsMatch(ttl.GetString()!)
            ? double.Parse(ttl.GetString()![..^1], CultureInfo.InvariantCulture)
            : null;
    }

    public static string? CollapseKey(JsonElement message) =>
        message.TryGetProperty("android", out var android)
        && (android.TryGetProperty("collapse_key", out var key) || android.TryGetProperty("collapseKey", out key))
            ? key.GetString()
            : null;

    private static FcmRefusal? Handle(string token) =>
        WellFormed().IsMatch(token) ? null : FcmRefusal.Of(400, "INVALID_ARGUMENT");

    [GeneratedRegex(@"^(from|message_type|google\..*|gcm\.notification\..*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ReservedKey();

    [GeneratedRegex(@"^\d+(\.\d{1,9})?s$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Duration();

    // An installation id has 22 characters; a registration token continues with a colon and about 140 more.
    [GeneratedRegex("^[A-Za-z0-9_:-]{22,}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WellFormed();
}
