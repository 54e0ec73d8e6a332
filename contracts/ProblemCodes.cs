namespace BlokSec.Contracts;

/// <summary>The stable <c>code</c> of each problem (RFC 9457). A problem's <c>type</c> is <c>https://docs.bloksec.io/problems/{code}</c>.</summary>
public static class ProblemCodes
{
    /// <summary>400: the request is malformed; <c>errors</c> names each field.</summary>
    public const string InvalidRequest = "invalid-request";

    /// <summary>400: the typed phrase does not match exactly.</summary>
    public const string ConfirmationMismatch = "confirmation-mismatch";

    /// <summary>401: no valid access token.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>401: the proof of the device or the DID is missing, wrong, or was used before. The app does not reset.</summary>
    public const string ProofInvalid = "proof-invalid";

    /// <summary>
    /// 401: the proof of the device or the DID is genuine, but its time is more than 60 seconds away from the server's clock, which
    /// <c>serverTime</c> tells. The app corrects its clock by the difference and tries again once.
    /// </summary>
    public const string ClockSkewed = "clock-skewed";

    /// <summary>401: no such device. The app does not reset.</summary>
    public const string DeviceUnknown = "device-unknown";

    /// <summary>401: the sign-in is too long ago, or not strong enough, for this (RFC 9470); <c>maxAge</c> and <c>acrValues</c> say what is.</summary>
    public const string InsufficientUserAuthentication = "insufficient-user-authentication";

    /// <summary>403: the role is missing.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>403: the administrator is limited to departments, and this concerns more. Nothing was changed.</summary>
    public const string OutOfScope = "out-of-scope";

    /// <summary>403: another administrator has to agree first; <c>approvalId</c> names the request that was made. Send the same again once it is approved.</summary>
    public const string SecondPersonRequired = "second-person-required";

    /// <summary>403: the caller cannot agree to this: it is their own request or account, or they lack the role of the action.</summary>
    public const string NotSecondPerson = "not-second-person";

    /// <summary>409: the request for approval was decided before, or its time is over.</summary>
    public const string ApprovalEnded = "approval-ended";

    /// <summary>403: the access token lacks the scope for this API; <c>WWW-Authenticate</c> names it.</summary>
    public const string InsufficientScope = "insufficient-scope";

    /// <summary>403: the DID was reset and is refused forever.</summary>
    public const string DidRetired = "did-retired";

    /// <summary>403: the application is disabled.</summary>
    public const string ApplicationDisabled = "application-disabled";

    /// <summary>404: not there, or another tenant's.</summary>
    public const string NotFound = "not-found";

    /// <summary>406: none of the formats in Accept is available.</summary>
    public const string NotAcceptable = "not-acceptable";

    /// <summary>409: what the administrator saw has changed since.</summary>
    public const string PlanStale = "plan-stale";

    /// <summary>409: another operation of this user is in progress.</summary>
    public const string OperationInProgress = "operation-in-progress";

    /// <summary>409: another application of the tenant has this id or this client id.</summary>
    public const string ApplicationExists = "application-exists";

    /// <summary>409: the tenant has as many applications as allowed.</summary>
    public const string ApplicationLimit = "application-limit";

    /// <summary>409: another account in the application has this name.</summary>
    public const string AccountExists = "account-exists";

    /// <summary>409: the user has as many accounts as allowed.</summary>
    public const string AccountLimit = "account-limit";

    /// <summary>409: there is no account to remove.</summary>
    public const string NoAccounts = "no-accounts";

    /// <summary>409: the device has no push handle.</summary>
    public const string NoPushHandle = "no-push-handle";

    /// <summary>409: the user has an active DID; unregister all devices first.</summary>
    public const string NotUnregistered = "not-unregistered";

    /// <summary>409: there is nothing left to unregister.</summary>
    public const string AlreadyUnregistered = "already-unregistered";

    /// <summary>409: the user has as many devices as allowed.</summary>
    public const string DeviceLimit = "device-limit";

    /// <summary>409: a device with this key was removed; make a new key.</summary>
    public const string DeviceKeyRevoked = "device-key-revoked";

    /// <summary>409: the user was changed at the same moment; retry.</summary>
    public const string Conflict = "conflict";

    /// <summary>409: the claim was redeemed.</summary>
    public const string ClaimUsed = "claim-used";

    /// <summary>409: the claim was replaced by a newer one.</summary>
    public const string ClaimReplaced = "claim-replaced";

    /// <summary>409: how the person was recognized has to be recorded before the claim is shown.</summary>
    public const string IdentityCheckRequired = "identity-check-required";

    /// <summary>409: the key of the DID or of the device is registered for another owner or use; create a new key.</summary>
    public const string KeyInUse = "key-in-use";

    /// <summary>403: the number that was typed is not the one that the application shows; <c>attemptsLeft</c> says how often it may be tried again.</summary>
    public const string WrongNumber = "wrong-number";

    /// <summary>403: the user is suspended, or left. Nothing is reset; the app says so and asks again later.</summary>
    public const string UserSuspended = "user-suspended";

    /// <summary>403: the phone is blocked, and its removal can still be taken back. Nothing is reset; the app says so and asks again later.</summary>
    public const string DeviceOnHold = "device-on-hold";

    /// <summary>409: another user of the tenant has this email address.</summary>
    public const string EmailInUse = "email-in-use";

    /// <summary>409: another user of the tenant has this user name.</summary>
    public const string UserNameInUse = "user-name-in-use";

    /// <summary>403: this user can approve no sign-in now.</summary>
    public const string SignInRefused = "sign-in-refused";

    /// <summary>409: the request was answered otherwise before, by this phone or another.</summary>
    public const string RequestAnswered = "request-answered";

    /// <summary>409: a newer request took the place of this one, or the phone that it waited for was removed.</summary>
    public const string RequestSuperseded = "request-superseded";

    /// <summary>410: the request was not answered in time.</summary>
    public const string RequestExpired = "request-expired";

    /// <summary>410: the claim has expired.</summary>
    public const string ClaimExpired = "claim-expired";

    /// <summary>403: the claim's code is wrong, or there is no claim.</summary>
    public const string ClaimInvalid = "claim-invalid";

    /// <summary>403: too many wrong codes were tried; the administrator has to renew the claim.</summary>
    public const string ClaimLocked = "claim-locked";

    /// <summary>410: the device was removed; <c>statement</c> proves it.</summary>
    public const string DeviceRemoved = "device-removed";

    /// <summary>412: the version in If-Match is not the current one.</summary>
    public const string PreconditionFailed = "precondition-failed";

    /// <summary>413: the body is too large.</summary>
    public const string PayloadTooLarge = "payload-too-large";

    /// <summary>415: the body is not JSON.</summary>
    public const string UnsupportedMediaType = "unsupported-media-type";

    /// <summary>422: the idempotency key was used with another request.</summary>
    public const string IdempotencyKeyReused = "idempotency-key-reused";

    /// <summary>428: If-Match is missing.</summary>
    public const string PreconditionRequired = "precondition-required";

    /// <summary>429: too many requests; see Retry-After.</summary>
    public const string TooManyRequests = "too-many-requests";

    /// <summary>429: the application polls more often than <c>interval</c> allows; wait five seconds longer between polls (CIBA Core 1.0, section 11).</summary>
    public const string SlowDown = "slow-down";

    /// <summary>429: too many requests for this user wait, or too many were denied or not answered; see Retry-After.</summary>
    public const string RequestsHeldBack = "requests-held-back";

    /// <summary>503: a service behind this one cannot be reached; nothing was changed.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>503: a newer version of the service is being rolled out, and only it can carry this out; nothing was changed.</summary>
    public const string ServiceUpdating = "service-updating";

    /// <summary>503: a stored document cannot be read until an operator repairs it; nothing was changed.</summary>
    public const string DocumentUnreadable = "document-unreadable";

    /// <summary>500: our fault.</summary>
    public const string InternalError = "internal-error";
}
