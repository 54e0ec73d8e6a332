namespace BlokSec.Functions.Push.Apns;

/// <summary>
/// The one table that says what an answer of Apple means
/// (https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns).
/// </summary>
internal static class ApnsAnswers
{
    private static readonly TimeSpan TooManyPushes = TimeSpan.FromMinutes(1);

    // Apple wants a provider token kept for at least 20 minutes.
    private static readonly TimeSpan TooManyTokens = TimeSpan.FromMinutes(20);

    /// <param name="answer">What Apple answered.</param>
    /// <param name="push">What it answered to.</param>
    /// <param name="now">The time.</param>
    public static PushResult Interpret(ApnsAnswer answer, PhonePush push, DateTimeOffset now) => (answer.Status, answer.Reason) switch
    {
        (200, _) => new PushResult.Accepted(answer.MessageId ?? push.PushId, "Apple has taken the push."),

        (400, "BadDeviceToken") => Dead(answer, "Apple does not know this push address; the app may be of another environment or gone."),
        (400, "DeviceTokenNotForTopic") => Dead(answer, "Apple says this push address belongs to another app.") with { Alert = true },
        (400, "TopicDisallowed") => Dead(answer, "Apple does not allow us to push to this app.") with { Alert = true },
        (400, "IdleTimeout") => Later(answer, "The connection to Apple had been idle for too long; it will be tried again."),

        (403, "ExpiredProviderToken") => Refused(answer, "Apple says that our credentials have expired, though they were just renewed."),
        (403, _) => Refused(answer, "Apple refuses our credentials."),

        (408, _) => Later(answer, "Apple did not get the push in time; it will be tried again."),

        (410, _) when answer.Since < push.Handle.RegisteredAt =>
            Later(answer, "Apple's report is older than the app's last registration; it will be tried again."),
        (410, "ExpiredToken") => Dead(answer, "Apple says the push address of this phone has expired."),
        (410, _) => Dead(answer, "Apple says the app was removed from this phone."),

        (429, "TooManyProviderTokenUpdates") => Wait(
            answer, now + TooManyTokens, "Apple says that our credentials were renewed too often; pushes wait for a while.", everyone: true),
        (429, _) => Wait(
            answer, now + TooManyPushes, "Apple takes no more pushes for this phone at the moment; it will be tried again."),

        _ when answer.Status is >= 400 and < 500 => Wrong(answer, "Apple does not accept our push: a fault in our software."),
        _ => Later(answer, "Apple's push service is out of order; it will be tried again."),
    };

    /// <summary>Whether the connection must not be used any more.</summary>
    public static bool EndsConnection(ApnsAnswer answer) => answer.Reason is "Shutdown" or "IdleTimeout";

    /// <summary>Whether a new provider token may help.</summary>
    public static bool WantsNewToken(ApnsAnswer answer) => answer is { Status: 403, Reason: "ExpiredProviderToken" };

    private static PushResult.HandleDead Dead(ApnsAnswer answer, string explanation) => new(Reason(answer), answer.Since, explanation);

    private static PushResult Refused(ApnsAnswer answer, string explanation) =>
        new PushResult.Misconfigured(Reason(answer), null, explanation) with { Alert = true };

    private static PushResult Wrong(ApnsAnswer answer, string explanation) =>
        new PushResult.Rejected(Reason(answer), explanation) with { Alert = true };

    private static PushResult Wait(ApnsAnswer answer, DateTimeOffset otherwise, string explanation, bool everyone = false) =>
        new PushResult.Throttled(answer.RetryAfter ?? otherwise, Reason(answer), explanation) with { Everyone = everyone, Alert = everyone };

    private static PushResult.Unavailable Later(ApnsAnswer answer, string explanation) => new(Reason(answer), answer.RetryAfter, explanation);

    private static string Reason(ApnsAnswer answer) => answer.Reason ?? $"Status{answer.Status}";
}
