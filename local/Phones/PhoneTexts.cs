using BlokSec.Contracts;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Phones;

/// <summary>What the app says to its user.</summary>
internal static class PhoneTexts
{
    public const string Welcome = "Welcome to BlokSec. Scan a QR code to set up your account, or restore it from a backup.";
    public const string NotInstalled = "The BlokSec app is not on this phone.";
    public const string AccountGone = "This account is no longer accessible.";
    public const string Unreachable = "Can't reach BlokSec right now. Please try again later.";
    public const string NotAccepted = "BlokSec could not recognise this phone right now. Please try again later.";
    public const string NoClaim = "This is not a BlokSec QR code.";
    public const string ReportedLost = "The phone was blocked. Your administrator knows.";
    public const string AlreadyEnrolled = "This phone is already set up.";
    public const string Suspended = "Your access is suspended. Your phone stays as it is; your administrator can help.";
    public const string OnHold = "This phone is blocked for now. It stays as it is; your administrator can help.";
    public const string WrongClock = "BlokSec could not verify this phone. Check its date and time, and try again.";

    /// <summary>The screen of an enrolled phone.</summary>
    public static string Ready(PhoneRegistration registration) => $"You are signed in as {registration.UserId}. Waiting for sign-in requests.";

    /// <summary>Why an enrollment did not succeed.</summary>
    public static string ForEnrollment(ApiAnswer answer) => answer.ProblemCode switch
    {
        ProblemCodes.ClaimInvalid => "This QR code is not valid. Ask your administrator for a new one.",
        ProblemCodes.ClaimLocked => "Too many wrong codes were tried. Ask your administrator to renew the QR code.",
        ProblemCodes.ClaimUsed => "This QR code was used already. Ask your administrator for a new one.",
        ProblemCodes.ClaimReplaced => "This QR code was replaced by a newer one. Scan the newer one, or ask your administrator for it.",
        ProblemCodes.ClaimExpired => "This QR code has expired. Ask your administrator for a new one.",
        ProblemCodes.DidRetired => "This identity was reset by your administrator and cannot be used any more. Ask for a QR code to enroll again.",
        ProblemCodes.KeyInUse => "The keys of this phone cannot be used for this account. Please try again to make new ones.",
        ProblemCodes.DeviceLimit => "You have as many phones as your organisation allows. Ask your administrator to remove one.",
        ProblemCodes.DeviceKeyRevoked => "This phone was removed. Please try again to set it up.",
        ProblemCodes.ClockSkewed => WrongClock,
        ProblemCodes.UserSuspended => Suspended,
        ProblemCodes.DeviceOnHold => OnHold,
        ProblemCodes.DeviceRemoved => "This phone was removed. Please try again to set it up.",
        ProblemCodes.InvalidRequest => "BlokSec did not understand this phone. Please update the app.",
        _ => answer.IsOutage || answer.IsSuccess || answer.ProblemCode == ProblemCodes.Conflict ? Unreachable : NotAccepted,
    };

    /// <summary>What became of a sign-in.</summary>
    public static string ForSignIn(AuthenticationAnswered answered) => answered switch
    {
        { Status: AuthenticationRequestStatus.Accepted } => "Signed in.",
        { Reason: DenialReason.WrongNumber } => "The sign-in was denied: the number was wrong too often.",
        { Reason: DenialReason.NotMe } => "Denied. Your administrator was told that it was not you.",
        _ => "The sign-in was cancelled.",
    };

    /// <summary>Why a sign-in was not answered; null when it is not about the sign-in.</summary>
    public static string? ForSignIn(ApiAnswer answer) => answer.ProblemCode switch
    {
        ProblemCodes.WrongNumber => $"This is not the number that the application shows. {answer.AttemptsLeft} {(answer.AttemptsLeft == 1 ? "try is" : "tries are")} left.",
        ProblemCodes.RequestAnswered => "This sign-in was answered already.",
        ProblemCodes.RequestSuperseded => "This sign-in was replaced by a newer one.",
        ProblemCodes.RequestExpired => "It was too late for this sign-in. Start it again.",
        ProblemCodes.UserSuspended => Suspended,
        ProblemCodes.DeviceOnHold => OnHold,
        ProblemCodes.NotFound => "There is no such sign-in any more.",
        ProblemCodes.DidRetired => "This identity was reset by your administrator and cannot be used any more.",
        _ => null,
    };

    /// <summary>Whether asking again with the same keys can never succeed.</summary>
    public static bool IsFinal(ApiAnswer answer) => answer.ProblemCode
        is ProblemCodes.ClaimInvalid or ProblemCodes.ClaimLocked or ProblemCodes.ClaimUsed or ProblemCodes.ClaimReplaced
        or ProblemCodes.ClaimExpired or ProblemCodes.KeyInUse
        or ProblemCodes.DidRetired or ProblemCodes.DeviceLimit or ProblemCodes.DeviceKeyRevoked or ProblemCodes.DeviceRemoved or ProblemCodes.InvalidRequest;
}
