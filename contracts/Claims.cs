using System.ComponentModel.DataAnnotations;

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

/// <summary>How a claim gets to the person, which decides how long it lives.</summary>
public enum ClaimChannel
{
    /// <summary>It is shown on the administrator's screen, and prolonged while somebody looks at it there.</summary>
    Screen,

    /// <summary>It was copied or printed, to be sent or handed over.</summary>
    Sent,
}

/// <summary>How the person was recognized before the claim was shown.</summary>
/// <param name="Way">One of the ways that the tenant listed at that time.</param>
/// <param name="Note">What else is known of it; null for nothing.</param>
/// <param name="By">The administrator who recognized the person.</param>
/// <param name="At">When it was recorded.</param>
public sealed record IdentityCheckDetails(string Way, string? Note, string By, DateTimeOffset At);

/// <summary>Records how a person was recognized, for one claim.</summary>
public sealed record IdentityCheckRequest
{
    /// <summary>The claim; for a later one the person is recognized again.</summary>
    [StringLength(64, ErrorMessage = "is at most 64 characters")]
    public required string ClaimId { get; init; }

    /// <summary>One of the ways that the tenant lists, see <see cref="IdentityCheckPolicy.Ways"/>.</summary>
    /// <example>ID card in person</example>
    [DisplayText(IdentityCheckPolicy.MaxWay)]
    public required string Way { get; init; }

    /// <summary>What else the auditor should know; at most 200 characters, as <see cref="DisplayText"/> allows them. A line break becomes a blank.</summary>
    /// <example>Ticket 4711, called back at the number of the directory</example>
    [DisplayText(200, HasLines = true)]
    public string? Note { get; init; }
}

/// <summary>Names the claim that is shown or sent, so that a newer one is never meant by mistake.</summary>
public sealed record ClaimChannelRequest
{
    /// <summary>The claim.</summary>
    [StringLength(64, ErrorMessage = "is at most 64 characters")]
    public required string ClaimId { get; init; }
}

/// <summary>The claim that lets a user enroll a phone after all devices were unregistered.</summary>
/// <param name="ClaimId">Its id; not the code.</param>
/// <param name="State">Whether it can be redeemed.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it can be redeemed.</param>
/// <param name="FailedAttempts">How often a code was tried that has the beginning of the right one, and is wrong. Other codes cost nothing.</param>
/// <param name="Link">
/// The link in the QR code: whoever holds it can enroll. Only for administrators who manage devices, only while open, and not before the check of
/// <see cref="IdentityCheckRequired"/>.
/// </param>
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
    DateTimeOffset? LastFailedAttemptAt = null)
{
    /// <summary>How it gets to the person; null until it is shown or sent.</summary>
    public ClaimChannel? Channel { get; init; }

    /// <summary>Whether the tenant demands that somebody records how the person was recognized before link and QR code are shown, and nobody did.</summary>
    public bool IdentityCheckRequired { get; init; }

    /// <summary>The ways to choose from, while a check is required.</summary>
    public IReadOnlyList<string>? IdentityCheckWays { get; init; }

    /// <summary>How the person was recognized; null when nobody recorded it.</summary>
    public IdentityCheckDetails? IdentityCheck { get; init; }

    /// <summary>For how many hours it can be redeemed once it is sent; null when it can be sent no more.</summary>
    public int? SentHours { get; init; }
}
