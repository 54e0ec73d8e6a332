namespace BlokSec.Contracts;

/// <summary>Whether a user's decentralised identity can sign in.</summary>
public enum DidState
{
    /// <summary>The user has a DID and devices may act for it.</summary>
    Active,

    /// <summary>An unregistration is being carried out.</summary>
    Resetting,

    /// <summary>There is no DID: the user has to scan a claim QR code.</summary>
    Unclaimed,
}

/// <summary>A user as the list shows it.</summary>
/// <param name="UserId">The user's id inside the tenant.</param>
/// <param name="GivenName">First name.</param>
/// <param name="FamilyName">Last name.</param>
/// <param name="Email">Work email.</param>
/// <param name="Mobile">Mobile number in E.164, if known.</param>
/// <param name="AccountCount">How many accounts the user has across the tenant's applications.</param>
/// <param name="DeviceCount">How many devices are registered.</param>
/// <param name="CreatedAt">When the user was created.</param>
/// <param name="DidState">Whether the user can sign in.</param>
/// <param name="Epoch">Grows with every reset of the DID: above 1, an unclaimed user was enrolled before.</param>
public sealed record UserSummary(
    string UserId,
    string GivenName,
    string FamilyName,
    string Email,
    string? Mobile,
    int AccountCount,
    int DeviceCount,
    DateTimeOffset CreatedAt,
    DidState DidState,
    long Epoch)
{
    /// <summary>Where the person stands.</summary>
    public UserState State { get; init; }

    /// <summary>The department, if known.</summary>
    public string? Department { get; init; }

    /// <summary>When a device of the user last called; null without devices, and where the list had no need to read them.</summary>
    public DateTimeOffset? LastActiveAt { get; init; }
}

/// <summary>A page of users.</summary>
/// <param name="Users">The users of this page.</param>
/// <param name="Continuation">Pass it back for the next page; null on the last. A page may have no users and still not be the last.</param>
public sealed record UserList(IReadOnlyList<UserSummary> Users, string? Continuation)
{
    /// <summary>How many users were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>A DID that a user has or had.</summary>
/// <param name="Did">The decentralised identifier.</param>
public sealed record DidDetails(string Did)
{
    /// <summary>When a phone enrolled with it; null when that was before it was recorded.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The device that it was enrolled with.</summary>
    public string? DeviceId { get; init; }

    /// <summary>That device's name at that time.</summary>
    public string? DeviceName { get; init; }

    /// <summary>When all devices were unregistered, which ended it; null while it is the user's, and where that was before it was recorded.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Who unregistered them.</summary>
    public string? EndedBy { get; init; }

    /// <summary>Why, in their words.</summary>
    public string? Reason { get; init; }

    /// <summary>The operation that ended it.</summary>
    public string? OperationId { get; init; }
}

/// <summary>All that the user page shows.</summary>
/// <param name="UserId">The user's id inside the tenant.</param>
/// <param name="ETag">Version of the user; send it as <c>If-Match</c> when changing the active device.</param>
/// <param name="GivenName">First name.</param>
/// <param name="FamilyName">Last name.</param>
/// <param name="Email">Work email.</param>
/// <param name="Mobile">Mobile number in E.164, if known.</param>
/// <param name="CreatedAt">When the user was created.</param>
/// <param name="Did">The decentralised identifier; null after it was reset.</param>
/// <param name="DidState">Whether the user can sign in.</param>
/// <param name="Epoch">Grows with every reset of the DID.</param>
/// <param name="ActiveDeviceId">The device that gets push notifications of sign-in requests.</param>
/// <param name="Devices">Registered devices, the most recently active first.</param>
/// <param name="AccountCount">How many accounts the user has.</param>
/// <param name="Accounts">The first page of accounts.</param>
/// <param name="AuthenticationRequests">Recent sign-in requests, newest first.</param>
/// <param name="Claim">The claim to enroll a phone, if there is one.</param>
/// <param name="Operations">Operations under way and recent ones, newest first, as many as a page has room for.</param>
/// <param name="Revocations">What became of removed devices, newest first, as many as a page has room for.</param>
public sealed record UserDetails(
    string UserId,
    string ETag,
    string GivenName,
    string FamilyName,
    string Email,
    string? Mobile,
    DateTimeOffset CreatedAt,
    string? Did,
    DidState DidState,
    long Epoch,
    string? ActiveDeviceId,
    IReadOnlyList<DeviceDetails> Devices,
    int AccountCount,
    AccountList Accounts,
    IReadOnlyList<AuthenticationRequestDetails> AuthenticationRequests,
    ClaimDetails? Claim,
    IReadOnlyList<OperationDetails> Operations,
    IReadOnlyList<RevocationDetails> Revocations)
{
    /// <summary>
    /// The DIDs that the user has and had, oldest first; the last one without <see cref="DidDetails.To"/> and equal to <see cref="Did"/> is the present one. At most
    /// the latest 20 are recorded; what happened to earlier ones is in the audit.
    /// </summary>
    public IReadOnlyList<DidDetails> Dids { get; init; } = [];

    /// <summary>Where the person stands.</summary>
    public UserState State { get; init; }

    /// <summary>Why the user may not sign in or enroll for now; null while not suspended.</summary>
    public SuspensionDetails? Suspension { get; init; }

    /// <summary>When the directory removed the user; null for all others.</summary>
    public DateTimeOffset? LeftAt { get; init; }

    /// <summary>How the directory names the user for sign-in, if it does.</summary>
    public string? UserName { get; init; }

    /// <summary>The user's id in the directory that it comes from, if it comes from one.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The department, if known.</summary>
    public string? Department { get; init; }

    /// <summary>How many older operations there are that are under way or failed, and have no room here.</summary>
    public int MoreOperations { get; init; }

    /// <summary>How many older removals there are that are recent or not confirmed, and have no room here.</summary>
    public int MoreRevocations { get; init; }

    /// <summary>Stored documents of the user that cannot be read, or not whole; at most 20.</summary>
    public IReadOnlyList<UnreadableDetails> Unreadable { get; init; } = [];
}

/// <summary>A stored document that cannot be read by this version of the service. Nothing in it is lost; an operator repairs it.</summary>
/// <param name="Type">What it is about, such as <c>device</c>, <c>revocation</c> or <c>operation</c>.</param>
/// <param name="Id">Its id in the database.</param>
public sealed record UnreadableDetails(string Type, string Id);

/// <summary>A user's login in one application.</summary>
/// <param name="AccountId">The account's id.</param>
/// <param name="ApplicationId">The application's id (its appDID).</param>
/// <param name="ApplicationName">The application's name.</param>
/// <param name="AccountName">Login name inside the application.</param>
/// <param name="Did">The DID that may sign in; null while reset.</param>
/// <param name="Epoch">The user's epoch that the DID belongs to.</param>
public sealed record AccountDetails(
    string AccountId, string ApplicationId, string ApplicationName, string AccountName, string? Did, long Epoch);

/// <summary>A page of accounts.</summary>
/// <param name="Accounts">The accounts of this page.</param>
/// <param name="Continuation">Pass it back for the next page; null on the last. A page may have no accounts and still not be the last.</param>
public sealed record AccountList(IReadOnlyList<AccountDetails> Accounts, string? Continuation)
{
    /// <summary>How many accounts were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}
