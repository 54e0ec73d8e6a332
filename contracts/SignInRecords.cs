namespace BlokSec.Contracts;

/// <summary>A page of a user's sign-in requests, newest first. Requests are kept for 90 days.</summary>
/// <param name="Requests">The requests of this page.</param>
/// <param name="Continuation">Pass it back, with the same filters, for the next page; null on the last. A page may have no requests and still not be the last.</param>
public sealed record AuthenticationRequestList(IReadOnlyList<AuthenticationRequestDetails> Requests, string? Continuation)
{
    /// <summary>How many requests were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>All that is known of one sign-in request.</summary>
/// <param name="Request">What lists show of it.</param>
/// <param name="AccountId">The id of the account that signs in.</param>
/// <param name="BindingMessage">What the application wanted the user to read.</param>
/// <param name="UserAgent">The browser, as the application says.</param>
/// <param name="Device">The device that it is pushed to; null when none could be reached.</param>
/// <param name="AnsweringDevice">The device that answered.</param>
/// <param name="Digits">How many digits the number has that the user had to type; null when there was none. The number itself is told to nobody.</param>
/// <param name="WrongNumbers">How many wrong numbers were typed.</param>
/// <param name="PushAcceptedAt">When Apple or Google accepted the push; null before, and without a push.</param>
/// <param name="PushReason">What stood in the way of the push, in plain words.</param>
public sealed record AuthenticationRequestRecord(
    AuthenticationRequestDetails Request,
    string? AccountId,
    string? BindingMessage,
    string? UserAgent,
    SignInDevice? Device,
    SignInDevice? AnsweringDevice,
    int? Digits,
    int WrongNumbers,
    DateTimeOffset? PushAcceptedAt,
    string? PushReason);

/// <summary>A device of a sign-in request.</summary>
/// <param name="DeviceId">Its id.</param>
/// <param name="Name">Its name; null when the device is not known any more.</param>
public sealed record SignInDevice(string DeviceId, string? Name);

/// <summary>The export of sign-in requests: CSV (RFC 4180) in UTF-8 with a header row; times are UTC in ISO 8601.</summary>
public static class AuthenticationRequestExport
{
    /// <summary>Requests that one export holds at most.</summary>
    public const int MaxRows = 5_000;

    /// <summary>Begins the last row of an export that does not hold all requests.</summary>
    public const string Cut = "Not complete:";
}
