namespace BlokSec.Functions.Push.Fcm;

/// <summary>
/// The one table that says what an answer of Google means (https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode,
/// https://firebase.google.com/docs/cloud-messaging/error-codes). A handle is dead only where FCM's own error code says so: a plain 404
/// or 400 can come from our configuration or our software.
/// </summary>
internal static class FcmAnswers
{
    private static readonly TimeSpan Quota = TimeSpan.FromMinutes(1);

    /// <param name="answer">What Google answered.</param>
    /// <param name="now">The time.</param>
    public static PushResult Interpret(FcmAnswer answer, DateTimeOffset now) => (answer.Status, answer.ErrorCode) switch
    {
        (200, _) when answer.MessageId is not null => new PushResult.Accepted(answer.MessageId, "Google has taken the push."),

        (404, "UNREGISTERED") => Dead(answer, "Google says the app was removed from this phone."),
        (400, "INVALID_ARGUMENT") when MeansHandle(answer) => Dead(answer, "Google says this is no push address."),
        (403, "SENDER_ID_MISMATCH") => Dead(answer, "Google says this push address belongs to another project.") with { Alert = true },

        (401, "THIRD_PARTY_AUTH_ERROR") => Refused(answer, "Google cannot sign in to Apple or the web push service for us."),
        (401, _) => Refused(answer, "Google refuses our credentials."),
        (403, _) => Refused(answer, "Google says that we may not send for this project."),
        (404, _) => Refused(answer, "Google does not know our project."),

        (408, _) => Later(answer, "Google did not get the push in time; it will be tried again."),
        (429, _) => new PushResult.Throttled(
            answer.RetryAfter > now + Quota ? answer.RetryAfter.Value : now + Quota,
            Reason(answer),
            "Google takes no more pushes at the moment; it will be tried again."),

        (_, "UNSPECIFIED_ERROR") => Later(answer, "Google's push service failed without a reason.") with { Once = true },
        _ when answer.Status is >= 400 and < 500 => Wrong(answer, "Google does not accept our push: a fault in our software."),
        _ => Later(answer, "Google's push service is out of order; it will be tried again."),
    };

    /// <summary>Whether a new access token may help.</summary>
    public static bool WantsNewToken(FcmAnswer answer) => answer is { Status: 401, ErrorCode: null };

    /// <summary>
    /// INVALID_ARGUMENT means the push handle when no <c>BadRequest</c> stands beside it, or when that names nothing but the handle
    /// (https://github.com/firebase/firebase-admin-python/issues/187). One that names no field at all is a message that is too big.
    /// </summary>
    private static bool MeansHandle(FcmAnswer answer) =>
        answer.BadFields is null
        || (answer.BadFields.Count > 0 && answer.BadFields.All(field => field is "message.token" or "message.fid"));

    private static PushResult.HandleDead Dead(FcmAnswer answer, string explanation) => new(Reason(answer), null, explanation);

    private static PushResult Refused(FcmAnswer answer, string explanation) =>
        new PushResult.Misconfigured(Reason(answer), null, explanation) with { Alert = true };

    private static PushResult Wrong(FcmAnswer answer, string explanation) =>
        new PushResult.Rejected(Reason(answer), explanation) with { Alert = true };

    private static PushResult.Unavailable Later(FcmAnswer answer, string explanation) => new(Reason(answer), answer.RetryAfter, explanation);

    private static string Reason(FcmAnswer answer) => answer.ErrorCode ?? answer.RpcStatus ?? $"Status{answer.Status}";
}
