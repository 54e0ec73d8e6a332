using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BlokSec.Local.Apns;

/// <summary>
/// What Apple finds wrong with a request
/// (https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns,
/// https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns).
/// </summary>
internal static partial class ApnsChecks
{
    private const int LargestPayload = 4096;
    private const int LongestCollapseId = 64;

    private static readonly string[] PushTypes =
        ["alert", "background", "controls", "location", "voip", "complication", "fileprovider", "mdm", "liveactivity", "pushtotalk", "widgets"];

    private static readonly string[] Single =
        ["apns-id", "apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id"];

    public static ApnsRefusal? Path(HttpRequest request, out string token)
    {
        var path = request.Path.Value ?? string.Empty;
        token = path.StartsWith("/3/device/", StringComparison.Ordinal) ? path["/3/device/".Length..] : string.Empty;
        var isOfChannels = path.StartsWith("/4/broadcasts/", StringComparison.Ordinal) || path.StartsWith("/1/apps/", StringComparison.Ordinal);
        return isOfChannels ? new ApnsRefusal(501, "TheStandInHasNoChannels")
            : request.Method != HttpMethods.Post ? new ApnsRefusal(405, "MethodNotAllowed")
            : path is "/3/device" or "/3/device/" ? new ApnsRefusal(400, "MissingDeviceToken")
            : token.Length == 0 ? new ApnsRefusal(404, "BadPath")
            : null;
    }

    public static ApnsRefusal? Headers(IHeaderDictionary headers, string topic)
    {
        string Value(string name) => headers[name].ToString();
        var id = Value("apns-id");
        var expiration = Value("apns-expiration");
        var priority = Value("apns-priority");
        var reason =
            Single.Any(name => headers[name].Count > 1) ? "DuplicateHeaders"
            : id.Length > 0 && !CanonicalUuid().IsMatch(id) ? "BadMessageId"
            : expiration.Length > 0 && !ulong.TryParse(expiration, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? "BadExpirationDate"
            : priority is not ("" or "10" or "5" or "1") ? "BadPriority"
            : Encoding.UTF8.GetByteCount(Value("apns-collapse-id")) > LongestCollapseId ? "BadCollapseId"
            : !PushTypes.Contains(Value("apns-push-type")) ? "InvalidPushType"
            : Value("apns-topic").Length == 0 ? "MissingTopic"
            : !BundleId().IsMatch(Value("apns-topic")) ? "BadTopic"
            : Value("apns-topic") != topic ? "DeviceTokenNotForTopic"
            : null;
        return reason is null ? null : new ApnsRefusal(400, reason);
    }

    public static ApnsRefusal? Payload(IHeaderDictionary headers, byte[] body, out JsonElement payload)
    {
        payload = default;
        if (body.Length > LargestPayload)
        {
            return new ApnsRefusal(413, "PayloadTooLarge");
        }

        try
        {
            payload = JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return new ApnsRefusal(400, "PayloadEmpty");
        }

        if (payload.ValueKind != JsonValueKind.Object
            || !payload.TryGetProperty("aps", out var aps)
            || aps.ValueKind != JsonValueKind.Object)
        {
            return new ApnsRefusal(400, "PayloadEmpty");
        }

        var shown = aps.TryGetProperty("alert", out _) || aps.TryGetProperty("badge", out _) || aps.TryGetProperty("sound", out _);
        var type = headers["apns-push-type"].ToString();
        return (type == "alert" && !shown) || (type == "background" && shown) ? new ApnsRefusal(400, "InvalidPushType")
            : !shown && headers["apns-priority"].ToString() == "10" ? new ApnsRefusal(400, "BadPriority")
            : null;
    }

    public static bool IsDeviceToken(string token) => DeviceToken().IsMatch(token);

    [GeneratedRegex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CanonicalUuid();

    [GeneratedRegex("^[A-Za-z0-9.-]+$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex BundleId();

    [GeneratedRegex("^([0-9A-Fa-f]{2}){32,100}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex DeviceToken();
}
