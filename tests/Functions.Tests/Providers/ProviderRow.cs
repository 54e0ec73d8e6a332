using System.Globalization;
using System.Text.Json;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Providers;

/// <summary>The outcome of a push at its first attempt.</summary>
public enum Fate
{
    /// <summary>The provider took it.</summary>
    Accepted,

    /// <summary>Nothing reaches this handle any more.</summary>
    Dead,

    /// <summary>A fault of ours: not repeated.</summary>
    GivenUp,

    /// <summary>Tried again later.</summary>
    Retried,
}

/// <summary>A row of a provider's table: what it answers, and what must come of it.</summary>
/// <param name="Provider"><c>apns</c> or <c>fcm</c>.</param>
/// <param name="Answer">The answer, and how this row differs from others with the same one.</param>
/// <param name="Fate">The outcome of the push.</param>
/// <param name="Told">What the administrator reads; null for nothing.</param>
internal sealed record ProviderRow(string Provider, string Answer, Fate Fate, string? Told)
{
    public string Name => $"{Provider} {Answer}";

    /// <summary>What the stand-in does; null lets it take the push.</summary>
    public FaultRule? Rule { get; init; }

    /// <summary>Whether the provider answers so until the push is given up, rather than for a while.</summary>
    public bool ForEver { get; init; }

    /// <summary>Whether an operator is called.</summary>
    public bool Alerts { get; init; }

    /// <summary>How long the provider itself makes us wait; zero leaves it to the back-off.</summary>
    public TimeSpan AtLeast { get; init; }

    /// <summary>How often the same push reaches the provider in the end.</summary>
    public int Arrivals { get; init; } = 1;
}

/// <summary>The provider tables of what each answer means, row by row. Answers that refuse us and not a push are not here, nor the one that is believed once only.</summary>
internal static class ProviderRows
{
    private const string AppleFault = "Apple does not accept our push: a fault in our software.";
    private const string AppleOut = "Apple's push service is out of order; it will be tried again.";
    private const string AppleSlow = "Apple takes no more pushes for this phone at the moment; it will be tried again.";
    private const string GoogleFault = "Google does not accept our push: a fault in our software.";
    private const string GoogleOut = "Google's push service is out of order; it will be tried again.";
    private const string GoogleSlow = "Google takes no more pushes at the moment; it will be tried again.";
    private const string NoLine = "The push service could not be reached; it will be tried again.";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static IReadOnlyList<ProviderRow> All(DateTimeOffset now) => [.. Apple(now), .. Google()];

    private static IEnumerable<ProviderRow> Apple(DateTimeOffset now)
    {
        yield return new("apns", "200", Fate.Accepted, null);

        yield return Apns(400, "BadDeviceToken", Fate.Dead, "Apple does not know this push address; the app may be of another environment or gone.");
        yield return Apns(400, "DeviceTokenNotForTopic", Fate.Dead, "Apple says this push address belongs to another app.", alerts: true);
        yield return Apns(400, "TopicDisallowed", Fate.Dead, "Apple does not allow us to push to this app.", alerts: true);
        yield return Apns(410, "Unregistered", Fate.Dead, "Apple says the app was removed from this phone.");
        yield return Apns(410, "ExpiredToken", Fate.Dead, "Apple says the push address of this phone has expired.");
        yield return With(
            Apns(410, "Unregistered", Fate.Dead, "Apple says the app was removed from this phone."),
            "without a time", rule => rule with { Body = """{"reason":"Unregistered"}""" });

        foreach (var reason in new[]
        {
            "PayloadEmpty", "BadCollapseId", "BadExpirationDate", "BadMessageId", "BadPriority", "BadTopic", "MissingDeviceToken",
            "MissingTopic", "InvalidPushType", "DuplicateHeaders", "AReasonOfTomorrow",
        })
        {
            yield return Apns(400, reason, Fate.GivenUp, AppleFault, alerts: true);
        }

        yield return Apns(404, "BadPath", Fate.GivenUp, AppleFault, alerts: true);
        yield return Apns(405, "MethodNotAllowed", Fate.GivenUp, AppleFault, alerts: true);
        yield return Apns(413, "PayloadTooLarge", Fate.GivenUp, AppleFault, alerts: true);

        foreach (var forEver in new[] { false, true })
        {
            yield return Apns(429, "TooManyRequests", Fate.Retried, AppleSlow) with { AtLeast = Minute, ForEver = forEver };
            yield return Apns(500, "InternalServerError", Fate.Retried, AppleOut) with { ForEver = forEver };
            yield return Apns(503, "ServiceUnavailable", Fate.Retried, AppleOut) with { ForEver = forEver };
            yield return Apns(503, "Shutdown", Fate.Retried, AppleOut) with { ForEver = forEver };
            yield return Apns(400, "IdleTimeout", Fate.Retried, "The connection to Apple had been idle for too long; it will be tried again.") with
            {
                ForEver = forEver,
            };
            yield return Broken("apns") with { ForEver = forEver };
        }

        yield return With(
            Apns(410, "Unregistered", Fate.Retried, "Apple's report is older than the app's last registration; it will be tried again."),
            "from before the registration",
            rule => rule with
            {
                Body = JsonSerializer.Serialize(new { reason = "Unregistered", timestamp = now.AddDays(-31).ToUnixTimeMilliseconds() }),
            });
        yield return Until(Apns(429, "TooManyRequests", Fate.Retried, AppleSlow), "1800") with { AtLeast = TimeSpan.FromMinutes(30) };
        yield return Until(Apns(503, "ServiceUnavailable", Fate.Retried, AppleOut), "3600") with { AtLeast = Hour };
        yield return Until(
            Apns(503, "ServiceUnavailable", Fate.Retried, AppleOut), (now + Hour).ToString("R", CultureInfo.InvariantCulture)) with
        {
            Answer = "503 ServiceUnavailable, a date",
            AtLeast = Hour,
        };
        yield return Until(Apns(503, "ServiceUnavailable", Fate.Retried, AppleOut), "864000") with { AtLeast = TimeSpan.FromDays(1) };
        yield return Lost("apns");
        yield return With(Apns(403, "ExpiredProviderToken", Fate.Accepted, null), "once", rule => rule with { Times = 1 });
    }

    private static IEnumerable<ProviderRow> Google()
    {
        yield return new("fcm", "200", Fate.Accepted, null);

        yield return Fcm(404, "UNREGISTERED", Fate.Dead, "Google says the app was removed from this phone.");
        yield return Fcm(400, "INVALID_ARGUMENT", Fate.Dead, "Google says this is no push address.");
        yield return Fcm(403, "SENDER_ID_MISMATCH", Fate.Dead, "Google says this push address belongs to another project.", alerts: true);
        yield return With(
            Fcm(400, "INVALID_ARGUMENT", Fate.Dead, "Google says this is no push address."),
            "about the token", rule => rule with { Body = InvalidArgument("message.token") });

        yield return Fcm(400, "BadRequest", Fate.GivenUp, GoogleFault, alerts: true);
        yield return With(
            Fcm(400, "INVALID_ARGUMENT", Fate.GivenUp, GoogleFault, alerts: true),
            "about the data", rule => rule with { Body = InvalidArgument("message.data[0].value") });
        yield return With(
            Fcm(400, "INVALID_ARGUMENT", Fate.GivenUp, GoogleFault, alerts: true),
            "about the token and the data", rule => rule with { Body = InvalidArgument("message.token", "message.data[0].value") });
        yield return With(
            Fcm(400, "INVALID_ARGUMENT", Fate.GivenUp, GoogleFault, alerts: true),
            "about the size", rule => rule with { Body = InvalidArgument() });

        foreach (var forEver in new[] { false, true })
        {
            yield return Fcm(429, "QUOTA_EXCEEDED", Fate.Retried, GoogleSlow) with { AtLeast = Minute, ForEver = forEver };
            yield return Fcm(503, "UNAVAILABLE", Fate.Retried, GoogleOut) with { ForEver = forEver };
            yield return Fcm(500, "INTERNAL", Fate.Retried, GoogleOut) with { ForEver = forEver };
            yield return Broken("fcm") with { ForEver = forEver };
        }

        yield return Until(Fcm(429, "QUOTA_EXCEEDED", Fate.Retried, GoogleSlow), "1800") with { AtLeast = TimeSpan.FromMinutes(30) };
        yield return Until(Fcm(429, "QUOTA_EXCEEDED", Fate.Retried, GoogleSlow), "5") with { AtLeast = Minute };
        yield return Until(Fcm(503, "UNAVAILABLE", Fate.Retried, GoogleOut), "3600") with { AtLeast = Hour };
        yield return Lost("fcm");
    }

    private static ProviderRow Apns(int status, string reason, Fate fate, string? told, bool alerts = false) =>
        new("apns", $"{status} {reason}", fate, told) { Alerts = alerts, Rule = new FaultRule { Status = status, Reason = reason } };

    private static ProviderRow Fcm(int status, string reason, Fate fate, string told, bool alerts = false) =>
        new("fcm", $"{status} {reason}", fate, told) { Alerts = alerts, Rule = new FaultRule { Status = status, Reason = reason } };

    private static ProviderRow Broken(string provider) =>
        new(provider, "broken line", Fate.Retried, NoLine) { Rule = new FaultRule { Drop = true } };

    /// <summary>The provider took the push, but we never heard of it.</summary>
    private static ProviderRow Lost(string provider) => new(provider, "lost answer", Fate.Retried, NoLine)
    {
        Rule = new FaultRule { Drop = true, Stage = FaultStage.After },
        Arrivals = 3,
    };

    private static ProviderRow Until(ProviderRow row, string retryAfter) => With(
        row, $"Retry-After {retryAfter}", rule => rule with { Headers = new Dictionary<string, string> { ["Retry-After"] = retryAfter } });

    private static ProviderRow With(ProviderRow row, string how, Func<FaultRule, FaultRule> change) =>
        row with { Answer = $"{row.Answer}, {how}", Rule = change(row.Rule!) };

    /// <summary>Google's words for a bad argument: which fields of our message it names.</summary>
    private static string InvalidArgument(params string[] fields) => JsonSerializer.Serialize(new
    {
        error = new
        {
            code = 400,
            message = "Request contains an invalid argument.",
            status = "INVALID_ARGUMENT",
            details = new object[]
            {
                new Dictionary<string, object>
                {
                    ["@type"] = "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                    ["errorCode"] = "INVALID_ARGUMENT",
                },
                new Dictionary<string, object>
                {
                    ["@type"] = "type.googleapis.com/google.rpc.BadRequest",
                    ["fieldViolations"] = fields.Select(field => new { field, description = "bad" }),
                },
            },
        },
    });
}
