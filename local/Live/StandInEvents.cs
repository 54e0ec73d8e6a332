using System.Text.Json;
using System.Text.RegularExpressions;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Live;

/// <summary>
/// Which requests to stand-ins are worth a line: messages that are sent, pushes, and whatever fails as services fail. Push handles and
/// bodies are never shown.
/// </summary>
internal static partial class StandInEvents
{
    /// <summary>The event of a request; null for one that is everyday.</summary>
    public static LiveEvent? Of(SeenRequest request) => request switch
    {
        { StandIn: "apns" or "fcm", Operation: "send" } => new LiveEvent("push", $"{NameOf(request)}", Status(request), LevelOf(request)),
        { StandIn: "smtp", Operation: "data", Status: >= 200 and < 300 } => new LiveEvent("mail", $"to {request.Path.Trim('/')}", "taken"),
        { StandIn: "servicebus", Operation: "send", Status: >= 200 and < 300 } => Sent(request),
        _ when IsTrouble(request) => new LiveEvent("fault", $"{NameOf(request)} {request.Operation}", Status(request), LiveLevel.Failure),
        _ => null,
    };

    private static LiveEvent Sent(SeenRequest request)
    {
        var queue = request.Path.Trim('/').Split('/')[0];
        return ScheduledTime().Match(request.Searchable) is { Success: true } scheduled
            ? new LiveEvent("retry", $"to {queue}", $"at {JsonSerializer.Deserialize<string>(scheduled.Groups["time"].Value)}", LiveLevel.Attention)
            : new LiveEvent("message", $"to {queue}", "sent");
    }

    /// <summary>Lost answers, throttling and outages; 404, 409 and 412 are everyday answers of a database.</summary>
    private static bool IsTrouble(SeenRequest request) => request.Status is 0 or 408 or 410 or 429 or 449 or >= 500;

    private static string Status(SeenRequest request) =>
        request.Status == 0 ? "no answer" : request.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static LiveLevel LevelOf(SeenRequest request) => request.Status switch
    {
        >= 200 and < 300 => LiveLevel.Normal,
        0 or >= 500 => LiveLevel.Failure,
        _ => LiveLevel.Attention,
    };

    private static string NameOf(SeenRequest request) => request.StandIn switch
    {
        "apns" => "APNs",
        "fcm" => "FCM",
        "servicebus" => "Service Bus",
        "cosmos" => "Cosmos DB",
        "smtp" => "Mail",
        _ => "Sign-in",
    };

    [GeneratedRegex("""
        "ScheduledEnqueueTimeUtc"\s*:\s*(?<time>"[^"]*")
        """, RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ScheduledTime();
}
