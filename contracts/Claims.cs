namespace BlokSec.Contracts;

/// <summary>What became of a claim.</summary>
public enum ClaimState
{
    /// <summary>It can be redeemed.</summary>
    Open,

    /// <summary>A phone enrolled with it.</summary>
    Redeemed,

    /// <summary>It has expired.</summary>
    Expired,

    /// <summary>Too many wrong codes were tried; renew it.</summary>
    Locked,

    /// <summary>A later unregistration or renewal took its place.</summary>
    Cancelled,
}

/// <summary>The claim that lets a user enroll a phone after all devices were unregistered.</summary>
/// <param name="ClaimId">Its id; not the code.</param>
/// <param name="State">Whether it can be redeemed.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it can be redeemed.</param>
/// <param name="FailedAttempts">How often a code was tried that has the beginning of the right one, and is wrong. Other codes cost nothing.</param>
/// <param name="Link">The link in the QR code: whoever holds it can enroll. Only for administrators who manage devices, and only while open.</param>
/// <param name="RedeemedAt">When a phone enrolled with it.</param>
/// <param name="RedeemedByDeviceId">The device that enrolled.</param>
/// <param name="LastFailedAttemptAt">When such a code was tried last.</param>
public sealed record ClaimDetails(
    string ClaimId,
    ClaimState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    int FailedAttempts,
    string? Link,
    DateTimeOffset? RedeemedAt,
    string? RedeemedByDeviceId,
    DateTimeOffset? LastFailedAttemptAt = null);
