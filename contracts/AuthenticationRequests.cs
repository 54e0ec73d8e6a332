namespace BlokSec.Contracts;

/// <summary>How a sign-in request ended.</summary>
public enum AuthenticationRequestStatus
{
    /// <summary>Waiting for the phone.</summary>
    Pending,

    /// <summary>Approved on the phone.</summary>
    Accepted,

    /// <summary>Denied on the phone.</summary>
    Denied,

    /// <summary>Not answered in time.</summary>
    Expired,

    /// <summary>Signed in with a one-time passcode of an administrator.</summary>
    Passcode,

    /// <summary>Signed in with a printed badge.</summary>
    BlokBadge,

    /// <summary>Ended because its device was removed or a newer request took its place.</summary>
    Superseded,
}

/// <summary>A sign-in request.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="ApplicationName">Where the user signs in.</param>
/// <param name="Method">Push, Passcode or BlokBadge.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Country">From where.</param>
/// <param name="City">From where.</param>
/// <param name="IpAddress">From where.</param>
/// <param name="IssuedAt">When the application asked.</param>
/// <param name="RetrievedAt">When the phone fetched it.</param>
/// <param name="RespondedAt">When the phone answered.</param>
/// <param name="DeviceId">The device it was addressed to.</param>
public sealed record AuthenticationRequestDetails(
    string RequestId,
    string ApplicationName,
    string Method,
    AuthenticationRequestStatus Status,
    string? Country,
    string? City,
    string? IpAddress,
    DateTimeOffset IssuedAt,
    DateTimeOffset? RetrievedAt,
    DateTimeOffset? RespondedAt,
    string? DeviceId)
{
    /// <summary>The application's id.</summary>
    public string? ApplicationId { get; init; }

    /// <summary>The name of the account that signs in.</summary>
    public string? AccountName { get; init; }

    /// <summary>Why it was denied.</summary>
    public DenialReason? Reason { get; init; }

    /// <summary>When it is too late to answer; null where nobody could.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The device that answered; not always the one it was pushed to.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>A device accepted it at a time from which on it may have been in other hands; see <see cref="RemoveDeviceRequest.LostSince"/>.</summary>
    public bool ForReview { get; init; }
}
