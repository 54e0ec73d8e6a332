namespace BlokSec.Contracts;

/// <summary>What became of a request that a second administrator has to agree to.</summary>
public enum ApprovalState
{
    /// <summary>Nobody decided yet.</summary>
    Pending,

    /// <summary>A second administrator agreed: the one who asked can do it until the request ends.</summary>
    Approved,

    /// <summary>A second administrator refused.</summary>
    Denied,

    /// <summary>Its time is over.</summary>
    Expired,
}

/// <summary>A request that a second administrator has to agree to.</summary>
/// <param name="ApprovalId">Its id.</param>
/// <param name="Action">What is to be done, such as <c>remove-device</c>.</param>
/// <param name="Summary">What is to be done, in words.</param>
/// <param name="UserId">The user it is about; null when it is about no single user.</param>
/// <param name="Reason">Why, as the one who asked said.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="ExpiresAt">Until when it can be decided, and done.</param>
/// <param name="State">What became of it.</param>
/// <param name="CanDecide">Whether the caller may decide: another person than who asked and whom it is about, with the role that the action needs.</param>
/// <param name="DecidedBy">Who decided; null while nobody did.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Note">What the one who decided said.</param>
public sealed record ApprovalDetails(
    string ApprovalId,
    string Action,
    string Summary,
    string? UserId,
    string? Reason,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset ExpiresAt,
    ApprovalState State,
    bool CanDecide,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    string? Note);

/// <summary>A page of requests that a second administrator has to agree to, newest first.</summary>
/// <param name="Approvals">The requests.</param>
/// <param name="Continuation">For the next page; null when this is the last.</param>
public sealed record ApprovalList(IReadOnlyList<ApprovalDetails> Approvals, string? Continuation);

/// <summary>What a second administrator decides.</summary>
public sealed record DecideApprovalRequest
{
    /// <summary>Whether it may be done.</summary>
    public required bool Approve { get; init; }

    /// <summary>A word to the one who asked.</summary>
    [DisplayText(200)]
    public string? Note { get; init; }
}
