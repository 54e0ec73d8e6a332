using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Serialization;

namespace BlokSec.Contracts;

/// <summary>
/// An application asks that a user approves a sign-in on the phone. Names and meanings are those of OpenID Connect Client-Initiated Backchannel
/// Authentication (CIBA) Core 1.0, section 7.1.
/// </summary>
public sealed record AuthenticationRequest : IValidatableObject
{
    /// <summary>Seconds that a request may wait at least.</summary>
    public const int ShortestExpiry = 30;

    /// <summary>Seconds that a request may wait at most.</summary>
    public const int LongestExpiry = 300;

    /// <summary>Seconds that a request waits unless told.</summary>
    public const int DefaultExpiry = 120;

    /// <summary>Who wants to sign in: the name of the account in this application, the user's email address, or the user's id; 1 to 254 characters.</summary>
    /// <example>maria.lopez@contoso.example</example>
    [JsonPropertyName("login_hint")]
    [DisplayText(254)]
    public required string LoginHint { get; init; }

    /// <summary>What the phone shows, so that the user knows which sign-in it is about; up to 100 characters.</summary>
    /// <example>Sign in to Payroll</example>
    [JsonPropertyName("binding_message")]
    [DisplayText(100)]
    public string? BindingMessage { get; init; }

    /// <summary>Seconds until the request expires: 30 to 300, 120 unless told.</summary>
    [JsonPropertyName("requested_expiry")]
    [Range(ShortestExpiry, LongestExpiry, ErrorMessage = "is 30 to 300")]
    public int? RequestedExpiry { get; init; }

    /// <summary>The IP address of the browser that signs in.</summary>
    /// <example>203.0.113.7</example>
    [JsonPropertyName("ip_address")]
    [StringLength(45, MinimumLength = 2, ErrorMessage = "is an IP address")]
    public string? IpAddress { get; init; }

    /// <summary>The country of that address; up to 60 characters.</summary>
    /// <example>Canada</example>
    [DisplayText(60)]
    public string? Country { get; init; }

    /// <summary>The city of that address; up to 100 characters.</summary>
    /// <example>Toronto</example>
    [DisplayText(100)]
    public string? City { get; init; }

    /// <summary>The browser, as a person would call it or as it names itself; up to 200 characters.</summary>
    /// <example>Firefox on Windows</example>
    [JsonPropertyName("user_agent")]
    [DisplayText(200)]
    public string? UserAgent { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IpAddress is not null && !IPAddress.TryParse(IpAddress, out _))
        {
            yield return new ValidationResult("is not an IP address", ["ip_address"]);
        }
    }
}

/// <summary>The request waits for the user (CIBA Core 1.0, section 7.3).</summary>
/// <param name="AuthenticationRequestId">What the application asks for the outcome with. Only the same application can.</param>
/// <param name="ExpiresIn">Seconds until the request expires.</param>
/// <param name="Interval">Seconds between two polls at least. After a poll that waited (<c>Preference-Applied</c>) the next may follow at once.</param>
/// <param name="Number">The number to show to the user, who types it on the phone: digits, with leading zeros.</param>
/// <param name="Push">Whether a phone is told by push.</param>
public sealed record AuthenticationRequestAcknowledgement(
    [property: JsonPropertyName("auth_req_id")] string AuthenticationRequestId,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    int Interval,
    string Number,
    SignInPush Push);

/// <summary>Whether a phone is told of a sign-in request by push.</summary>
public enum SignInPush
{
    /// <summary>A push is on its way.</summary>
    Queued,

    /// <summary>No phone can be reached: the user has to open the app.</summary>
    NotPossible,
}

/// <summary>Why a request was denied.</summary>
public enum DenialReason
{
    /// <summary>The user pressed cancel.</summary>
    Cancelled,

    /// <summary>The user says that somebody else asked.</summary>
    NotMe,

    /// <summary>Too many wrong numbers were typed.</summary>
    WrongNumber,
}

/// <summary>The outcome of a request, as the application that asked sees it.</summary>
/// <param name="Status">Pending, accepted, denied, expired or superseded.</param>
/// <param name="Reason">Why it was denied; null otherwise.</param>
/// <param name="Assertion">
/// For an accepted request: a compact JWS of type <c>sign-in-assertion+jwt</c> that names tenant, user, account, application, DID, device and
/// request, with the phone's own signatures inside, signed by a key of <c>/api/.well-known/jwks.json</c>. Null otherwise.
/// </param>
public sealed record AuthenticationOutcome(AuthenticationRequestStatus Status, DenialReason? Reason, string? Assertion);

/// <summary>The requests that wait for the user, the newest first.</summary>
/// <param name="Requests">At most 20.</param>
public sealed record WaitingRequestList(IReadOnlyList<WaitingRequest> Requests);

/// <summary>A request that waits for the user, as a phone shows it.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="ApplicationId">The application that asks.</param>
/// <param name="ApplicationName">Its name.</param>
/// <param name="AccountId">The account that signs in.</param>
/// <param name="AccountName">Its name.</param>
/// <param name="BindingMessage">What the application wants the user to read; null for nothing.</param>
/// <param name="Country">Where the sign-in comes from, as the application says.</param>
/// <param name="City">Where the sign-in comes from, as the application says.</param>
/// <param name="IpAddress">Where the sign-in comes from, as the application says.</param>
/// <param name="UserAgent">The browser, as the application says.</param>
/// <param name="Digits">How many digits the number has that the application shows.</param>
/// <param name="Context">What an answer signs: a hash of a challenge and of what is shown here.</param>
/// <param name="IssuedAt">When the application asked.</param>
/// <param name="ExpiresAt">When it is too late.</param>
public sealed record WaitingRequest(
    string RequestId,
    string ApplicationId,
    string ApplicationName,
    string AccountId,
    string AccountName,
    string? BindingMessage,
    string? Country,
    string? City,
    string? IpAddress,
    string? UserAgent,
    int Digits,
    string Context,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt);

/// <summary>What the user decided.</summary>
public enum SignInDecision
{
    /// <summary>Sign in; needs the number and both signatures.</summary>
    Accept,

    /// <summary>Do not sign in.</summary>
    Cancel,

    /// <summary>Somebody else asked: the administrator is told.</summary>
    NotMe,
}

/// <summary>A phone's answer to a sign-in request.</summary>
public sealed record AuthenticationAnswer : IValidatableObject
{
    /// <summary>What the user decided.</summary>
    public required SignInDecision Decision { get; init; }

    /// <summary>The number that the application shows, as the user typed it; to accept only.</summary>
    /// <example>042917</example>
    [RegularExpression("^[0-9]{3,6}$", ErrorMessage = "is 3 to 6 digits")]
    public string? Number { get; init; }

    /// <summary>To accept only: the acceptance signed by the device's key, a JWS of type <c>sign-in-answer+jwt</c>.</summary>
    [StringLength(2048, MinimumLength = 1, ErrorMessage = "is 1 to 2,048 characters")]
    public string? DeviceSignature { get; init; }

    /// <summary>To accept only: the same signed by the key of the user's DID.</summary>
    [StringLength(2048, MinimumLength = 1, ErrorMessage = "is 1 to 2,048 characters")]
    public string? DidSignature { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string? Value)[] members =
            [("number", Number), ("deviceSignature", DeviceSignature), ("didSignature", DidSignature)];
        foreach (var (name, value) in members)
        {
            if (Decision == SignInDecision.Accept && string.IsNullOrEmpty(value))
            {
                yield return new ValidationResult("is needed to accept", [name]);
            }
            else if (Decision != SignInDecision.Accept && value is not null)
            {
                yield return new ValidationResult("is for accepting only", [name]);
            }
        }
    }
}

/// <summary>How a request ended with a phone's answer.</summary>
/// <param name="Status">Accepted or denied.</param>
/// <param name="Reason">Why it was denied; null otherwise.</param>
public sealed record AuthenticationAnswered(AuthenticationRequestStatus Status, DenialReason? Reason);
