using BlokSec.Contracts;
using static BlokSec.Contracts.ProblemCodes;

namespace BlokSec.Functions.Http;

/// <summary>A kind of problem: what its code stands for.</summary>
/// <param name="Code">One of <see cref="ProblemCodes"/>.</param>
/// <param name="Status">The HTTP status it comes with.</param>
/// <param name="Meaning">What it says to a caller.</param>
internal sealed record ProblemType(string Code, int Status, string Meaning)
{
    /// <summary>The <c>title</c>: the same in every problem of this kind.</summary>
    public string Title { get; } = Code.Replace('-', ' ');

    /// <summary>The <c>type</c>.</summary>
    public string Address { get; } = $"https://docs.bloksec.io/problems/{Code}";
}

/// <summary>All kinds of problems, by code.</summary>
internal static class ProblemTypes
{
    public static readonly IReadOnlyDictionary<string, ProblemType> All = new ProblemType[]
    {
        new(InvalidRequest, 400, "The request is malformed; errors names each field and the reason."),
        new(ConfirmationMismatch, 400, "The typed phrase does not match exactly."),
        new(Unauthenticated, 401, "There is no valid access token."),
        new(ProofInvalid, 401, "The proof of the device or the DID is missing, wrong, or was used before. The app does not reset."),
        new(ClockSkewed, 401, "The proof is genuine, but the clock of the phone is more than 60 seconds off; serverTime is the server's time. The app corrects its clock by the difference and tries again once."),
        new(DeviceUnknown, 401, "There is no such device. The app does not reset."),
        new(InsufficientUserAuthentication, 401, "The sign-in is too long ago, or not strong enough, for this; maxAge (seconds) and acrValues say what is. Sign in again, then repeat it."),
        new(Forbidden, 403, "The caller lacks the required role."),
        new(OutOfScope, 403, "The administrator is limited to departments, and this concerns more. Nothing was changed."),
        new(SecondPersonRequired, 403, "Another administrator has to agree first; approvalId names the request that was made. Send the same again once it is approved."),
        new(NotSecondPerson, 403, "The caller cannot agree to this: it is their own request or account, or they lack the role of the action."),
        new(InsufficientScope, 403, "The access token lacks the scope for this API; WWW-Authenticate names it."),
        new(DidRetired, 403, "The DID was reset and is refused forever."),
        new(ClaimInvalid, 403, "The claim's code is wrong, or there is no claim."),
        new(ClaimLocked, 403, "Too many wrong codes were tried; the administrator has to renew the claim."),
        new(WrongNumber, 403, "The number that was typed is not the one that the application shows; attemptsLeft says how often it may be tried again."),
        new(SignInRefused, 403, "This user can approve no sign-in now."),
        new(UserSuspended, 403, "The user is suspended, or left. Nothing is reset; the app says so and asks again later."),
        new(DeviceOnHold, 403, "The phone is blocked for now; its removal can still be taken back. Nothing is reset; the app says so and asks again later."),
        new(ApplicationDisabled, 403, "The application is disabled."),
        new(NotFound, 404, "Not found, or in another tenant."),
        new(NotAcceptable, 406, "None of the formats in Accept is available."),
        new(PlanStale, 409, "What the administrator saw has changed since. Nothing was changed."),
        new(ApprovalEnded, 409, "The request for approval was decided before, or its time is over. Nothing was changed."),
        new(OperationInProgress, 409, "Another operation of this user is in progress."),
        new(ApplicationExists, 409, "Another application of the tenant has this id or this client id."),
        new(ApplicationLimit, 409, "The tenant has as many applications as allowed."),
        new(AccountExists, 409, "Another account in the application has this name."),
        new(AccountLimit, 409, "The user has as many accounts as allowed."),
        new(NoAccounts, 409, "There is no account to remove."),
        new(NoPushHandle, 409, "The device has no push handle."),
        new(NotUnregistered, 409, "The user has an active DID; unregister all devices first."),
        new(AlreadyUnregistered, 409, "There is nothing left to unregister."),
        new(DeviceLimit, 409, "The user has as many devices as allowed."),
        new(DeviceKeyRevoked, 409, "A device with this key was removed; create a new key."),
        new(Conflict, 409, "The current state does not allow this, or the user was changed at the same moment. Nothing was changed."),
        new(ClaimUsed, 409, "The claim was redeemed."),
        new(ClaimReplaced, 409, "The claim was replaced by a newer one."),
        new(IdentityCheckRequired, 409, "How the person was recognized has to be recorded first."),
        new(EmailInUse, 409, "Another user of the tenant has this email address."),
        new(UserNameInUse, 409, "Another user of the tenant has this user name."),
        new(KeyInUse, 409, "The key of the DID or of the device is registered for another owner or use; create a new key."),
        new(RequestAnswered, 409, "The request was answered otherwise before, by this phone or another."),
        new(RequestSuperseded, 409, "A newer request took the place of this one, or the phone that it waited for was removed."),
        new(RequestExpired, 410, "The request was not answered in time."),
        new(ClaimExpired, 410, "The claim has expired."),
        new(DeviceRemoved, 410, "The device was removed; statement proves it. The app verifies it and resets."),
        new(PreconditionFailed, 412, "The version in If-Match is not the current one. Nothing was changed."),
        new(PayloadTooLarge, 413, "The body is too large."),
        new(UnsupportedMediaType, 415, "The body is not JSON."),
        new(IdempotencyKeyReused, 422, "The idempotency key was used with another request."),
        new(PreconditionRequired, 428, "If-Match is missing."),
        new(TooManyRequests, 429, "Too many requests; see Retry-After."),
        new(SlowDown, 429, "The application polls more often than interval allows; wait five seconds longer between polls."),
        new(RequestsHeldBack, 429, "Too many requests for this user wait, or too many were denied or not answered; see Retry-After."),
        new(InternalError, 500, "An unexpected error occurred and was logged."),
        new(Unavailable, 503, "A dependency is unavailable; see Retry-After. The request is safe to repeat."),
        new(DocumentUnreadable, 503, "A stored document cannot be read until an operator repairs it; this was logged. See Retry-After. Nothing was changed."),
        new(ServiceUpdating, 503, "A newer version of the service is being rolled out, and only it can carry this out; see Retry-After. Nothing was changed."),
    }.ToDictionary(type => type.Code);
}
