using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>
/// The rules against push bombing and guessed numbers, without I/O. Requests that nobody accepts count, whether they were denied, expired or
/// replaced by a newer one: so neither an application nor whoever types names into it can wear a user down.
/// </summary>
internal sealed class SignInGuard(SignInOptions options)
{
    /// <summary>Until when a further request is refused; null when it may be made.</summary>
    /// <param name="guard">What is remembered of the user.</param>
    /// <param name="now">The time.</param>
    public DateTimeOffset? HeldUntil(SignInGuardDocument guard, DateTimeOffset now)
    {
        if (guard.HeldUntil > now)
        {
            return guard.HeldUntil;
        }

        var ended = guard.Unanswered.Where(request => request.EndsAt <= now && IsRecent(request, now)).ToArray();
        return ended.Length >= options.MaxUnanswered && ended.Max(request => request.EndsAt) + options.HoldBack is var until && until > now ? until : null;
    }

    /// <summary>A request was made.</summary>
    public SignInGuardDocument Asked(SignInGuardDocument guard, string requestId, DateTimeOffset now, DateTimeOffset expiresAt) => guard with
    {
        HeldUntil = null,
        Unanswered = [.. guard.Unanswered.Where(request => IsRecent(request, now)).TakeLast(options.Remembered - 1), new(requestId, now, expiresAt)],
    };

    /// <summary>A request ended without being accepted.</summary>
    public static SignInGuardDocument Ended(SignInGuardDocument guard, string requestId, DateTimeOffset now) => guard with
    {
        Unanswered =
        [
            .. guard.Unanswered.Select(request => request.RequestId == requestId && request.EndsAt > now ? request with { EndsAt = now } : request),
        ],
    };

    /// <summary>The user says that somebody else asked: no request is taken for a while.</summary>
    public SignInGuardDocument NotMe(SignInGuardDocument guard, string requestId, DateTimeOffset now) =>
        Ended(guard, requestId, now) with { HeldUntil = now + options.HoldBack };

    /// <summary>A wrong number was typed.</summary>
    public static SignInGuardDocument Wrong(SignInGuardDocument guard) => guard with { WrongNumbers = guard.WrongNumbers + 1 };

    /// <summary>The user accepted one: what was before is forgotten, except a pause.</summary>
    public static SignInGuardDocument Accepted(SignInGuardDocument guard) => guard with { Unanswered = [], WrongNumbers = 0 };

    /// <summary>How many wrong numbers may still be typed, this one's included.</summary>
    public int AttemptsLeft(SignInGuardDocument guard) => Math.Max(0, options.MaxWrongNumbers - guard.WrongNumbers);

    private bool IsRecent(UnansweredSignIn request, DateTimeOffset now) => request.IssuedAt > now - options.Window;
}
