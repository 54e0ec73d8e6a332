namespace BlokSec.Contracts;

/// <summary>What a bulk operation touches: shown before it is started.</summary>
/// <param name="PlanHash">Send it to start.</param>
/// <param name="Confirmation">The phrase to type.</param>
/// <param name="Users">How many users.</param>
/// <param name="Devices">How many devices are removed, or belong to users who are suspended.</param>
/// <param name="Accounts">How many accounts these users have.</param>
/// <param name="LockedOut">How many users have no device left that is known to receive sign-in requests.</param>
/// <param name="Skipped">How many users were left out, as there is nothing to do: unregistered or suspended already, without such a device, left, or not there.</param>
/// <param name="Unreadable">How many users were left out because their documents cannot be read; act on them one by one.</param>
/// <param name="AdministratorCount">How many of the users are administrators.</param>
/// <param name="Administrators">Their names; at most 50.</param>
/// <param name="IncludesYou">Whether the administrator who planned it is one of the users.</param>
public sealed record BulkPlan(
    string PlanHash,
    string Confirmation,
    int Users,
    int Devices,
    int Accounts,
    int LockedOut,
    int Skipped,
    int Unreadable,
    int AdministratorCount,
    IReadOnlyList<string> Administrators,
    bool IncludesYou);

/// <summary>How far a bulk operation is.</summary>
/// <param name="Done">Users for whom it is committed.</param>
/// <param name="Skipped">Users for whom there was nothing left to do.</param>
/// <param name="Failed">Users for whom it failed.</param>
/// <param name="Devices">Devices that were removed one by one.</param>
public sealed record BulkProgress(int Done, int Skipped, int Failed, int Devices);

/// <summary>A bulk operation: the plan, and how far it is.</summary>
/// <param name="BulkOperationId">Its id.</param>
/// <param name="Kind">What it does.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">When it was planned.</param>
/// <param name="RequestedBy">Who planned it.</param>
/// <param name="Plan">What it touches; while it is being planned, as far as that is.</param>
/// <param name="Progress">How far it is.</param>
/// <param name="UsersPerSecond">How many users have their turn in a second, at most.</param>
/// <param name="ExpiresAt">Until when plan and result are kept.</param>
public sealed record BulkOperationDetails(
    string BulkOperationId,
    BulkKind Kind,
    BulkState State,
    DateTimeOffset CreatedAt,
    string RequestedBy,
    BulkPlan Plan,
    BulkProgress Progress,
    double UsersPerSecond,
    DateTimeOffset ExpiresAt)
{
    /// <summary>The filter that selected the users; null when they were selected one by one.</summary>
    public BulkFilter? Filter { get; init; }

    /// <summary>Which devices of the users.</summary>
    public BulkDevices? Devices { get; init; }

    /// <summary>Why, in the words of who started it.</summary>
    public string? Reason { get; init; }

    /// <summary>Who started it.</summary>
    public string? StartedBy { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Until when the plan can be started; null when it cannot.</summary>
    public DateTimeOffset? StartUntil { get; init; }

    /// <summary>Why it cannot continue.</summary>
    public string? Problem { get; init; }
}

/// <summary>A page of the bulk operations of a tenant, the newest first.</summary>
/// <param name="Operations">The bulk operations.</param>
/// <param name="Continuation">For the next page; null when this is the last.</param>
public sealed record BulkOperationList(IReadOnlyList<BulkOperationDetails> Operations, string? Continuation)
{
    /// <summary>How many more belong to this page and cannot be read until an operator repairs them.</summary>
    public int Unreadable { get; init; }
}

/// <summary>A user of a bulk operation.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Name">As it was when the plan was made.</param>
/// <param name="Email">The same.</param>
/// <param name="Devices">How many devices it concerns.</param>
/// <param name="Accounts">How many accounts the user has.</param>
/// <param name="IsLockedOut">Whether the user has no device left that is known to receive sign-in requests.</param>
/// <param name="IsAdministrator">Whether the user is an administrator.</param>
/// <param name="Result">What became of it.</param>
/// <param name="OperationIds">The operations of the user that do the rest.</param>
/// <param name="Code">The problem, one of <see cref="ProblemCodes"/>.</param>
/// <param name="Detail">The problem, in words.</param>
/// <param name="At">When the user had a turn.</param>
public sealed record BulkUserDetails(
    string UserId,
    string Name,
    string Email,
    int Devices,
    int Accounts,
    bool IsLockedOut,
    bool IsAdministrator,
    BulkResult Result,
    IReadOnlyList<string> OperationIds,
    string? Code,
    string? Detail,
    DateTimeOffset? At);

/// <summary>Users of a bulk operation. A page may be empty and still have a continuation.</summary>
/// <param name="Users">In the order in which they have their turn.</param>
/// <param name="Continuation">Where the next page begins; null when this is the last.</param>
public sealed record BulkUserList(IReadOnlyList<BulkUserDetails> Users, string? Continuation);
