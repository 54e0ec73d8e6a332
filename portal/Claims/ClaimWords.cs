using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Users;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Claims;

/// <summary>What a user's claim means now.</summary>
internal static class ClaimWords
{
    /// <summary>Whether there is anything to show.</summary>
    public static bool IsShown(UserDetails user) => user.Claim is not null || user.DidState != DidState.Active;

    /// <summary>Such as <c>Enrolled on iPhone 16 Pro, 12:03</c>.</summary>
    public static string Enrolled(UserDetails user, Moments moments)
    {
        var model = DeviceNames.ModelOf(user, user.Claim?.RedeemedByDeviceId) ?? "a phone";
        return user.Claim?.RedeemedAt is { } at ? $"Enrolled on {model}, {moments.Minute(at)}" : $"Enrolled on {model}";
    }

    /// <summary>What is known after a renewal that failed; the same key makes no third claim, so it is safe to repeat.</summary>
    public static string NotRenewed(ApiProblem problem) => problem.Kind is ProblemKind.Unreachable or ProblemKind.Unavailable or ProblemKind.Fault
        ? "It is not known whether the code was renewed. Try again: it is renewed at most once."
        : "Nothing was done.";

    /// <summary>How the person was recognized, and by whom; for <c>Sentence</c>.</summary>
    public static string Recognized(IdentityCheckDetails check) => check.Note is { } note
        ? $"{Outside.Isolate(check.Way)} (“{Outside.Isolate(note)}”), by {Outside.Isolate(check.By)}"
        : $"{Outside.Isolate(check.Way)}, by {Outside.Isolate(check.By)}";

    /// <summary>What the user does with an open claim.</summary>
    public static string HowTo(UserDetails user) => UserWords.HadIdentity(user)
        ? "The user must scan this QR code with the BlokSec app to re-enroll."
        : "The user must scan this QR code with the BlokSec app to enroll.";

    /// <summary>What is to be said when there is no QR code to scan.</summary>
    public static (string Title, string Advice) Missing(UserDetails user) => (user.DidState, user.Claim?.State) switch
    {
        (DidState.Resetting, _) => ("The claim QR code is being created", "It appears here as soon as the identity is reset on all accounts."),
        (_, ClaimState.Expired) => ("The claim QR code has expired", "It can no longer be used to enroll. Renew it, then have the user scan the new one."),
        (_, ClaimState.Locked) => (
            "The claim QR code is locked", "Too many wrong codes were tried. Renew it, then have the user scan the new one."),
        (_, ClaimState.Cancelled) => ("The claim QR code was replaced", "Renew it, then have the user scan the new one."),
        _ => ("There is no claim QR code yet", "Create one, then have the user scan it with the BlokSec app."),
    };
}
