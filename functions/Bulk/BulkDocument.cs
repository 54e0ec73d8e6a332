using System.Globalization;
using System.Text.Json.Serialization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Bulk;

/// <summary>
/// Something that is done to many users: its plan, and how far it is. Its users stand in <see cref="BulkPortion"/>s, all in one partition of the
/// tenant.
/// </summary>
internal sealed record BulkDocument : IdentityDocument
{
    public const string DocumentType = "bulkOperation";

    /// <summary>How long plan and result are kept after the last change.</summary>
    public const int RetentionSeconds = 90 * 24 * 3600;

    public override string Type => DocumentType;

    public required string BulkOperationId { get; init; }

    public required BulkKind Kind { get; init; }

    public required BulkState Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last moved or was queued again; the timer looks for those without progress.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    public required AuditActor RequestedBy { get; init; }

    /// <summary>What was asked for, to tell a repeated idempotency key from a reused one.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The users that were selected one by one; null when a filter does, and when the plan is made.</summary>
    public IReadOnlyList<string>? Selected { get; init; }

    public BulkFilter? Filter { get; init; }

    public BulkDevices? Devices { get; init; }

    public required PlanState Plan { get; init; }

    public required ProgressState Progress { get; init; }

    /// <summary>Who is acted for: an administrator.</summary>
    public AuditActor? StartedBy { get; init; }

    /// <summary>The roles that the administrator had who started it; null where it was not started, or by an earlier version.</summary>
    public IReadOnlyList<string>? StarterRoles { get; init; }

    /// <summary>Whether the policies demanded that a second person agrees to the last start or resumption, so that one did.</summary>
    public bool IsAgreed { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? PlannedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? Reason { get; init; }

    /// <summary>Grows whenever it is started or resumed, so that a message of before ends.</summary>
    public int Run { get; init; }

    /// <summary>How often its work was queued again since it last moved.</summary>
    public int Resumes { get; init; }

    public string? Problem { get; init; }

    /// <summary>W3C trace context of the request.</summary>
    public string? TraceParent { get; init; }

    public int Ttl { get; init; } = RetentionSeconds;

    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, "bulk");

    public static string IdOf(string bulkOperationId) => $"bulkOperation:{bulkOperationId}";

    /// <summary>What has to be typed to start it.</summary>
    [JsonIgnore]
    public string Phrase => BulkPhrases.Of(Kind, Plan.Users, Plan.Devices);

    /// <summary>The condition that it still runs, and nobody recorded anything since.</summary>
    [JsonIgnore]
    public string RunsUnchanged => string.Create(
        CultureInfo.InvariantCulture,
        $"FROM c WHERE c.status = 'running' AND c.run = {Run} AND c.progress.portion = {Progress.Portion} AND c.progress.user = {Progress.User} AND c.progress.begun = {Progress.Begun}");
}

/// <summary>What is touched, counted while the plan is made.</summary>
internal sealed record PlanState
{
    /// <summary>Where the next page of users begins.</summary>
    public string Begin { get; init; } = "";

    public int Portions { get; init; }

    public int Users { get; init; }

    public int Devices { get; init; }

    public int Accounts { get; init; }

    public int LockedOut { get; init; }

    public int Skipped { get; init; }

    public int Unreadable { get; init; }

    public int AdministratorCount { get; init; }

    public IReadOnlyList<string> Administrators { get; init => field = value ?? []; } = [];

    public bool IncludesRequester { get; init; }

    /// <summary>Over all users and devices of the plan.</summary>
    public string Hash { get; init; } = "";
}

/// <summary>How far it is.</summary>
/// <param name="Portion">The first portion that was not worked through.</param>
/// <param name="User">The first user of it whose result is not recorded.</param>
/// <param name="Begun">The first user of it who was not begun: those in between may be done already, and are finished even after a pause or a stop.</param>
/// <param name="Done">Users for whom it is committed.</param>
/// <param name="Skipped">Users for whom there was nothing left to do.</param>
/// <param name="Failed">Users for whom it failed.</param>
/// <param name="Devices">Devices that were removed one by one.</param>
internal sealed record ProgressState(int Portion, int User, int Begun, int Done, int Skipped, int Failed, int Devices)
{
    public static readonly ProgressState None = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>The condition that nobody recorded anything since.</summary>
    [JsonIgnore]
    public string Unchanged => string.Create(
        CultureInfo.InvariantCulture, $"FROM c WHERE c.progress.portion = {Portion} AND c.progress.user = {User} AND c.progress.begun = {Begun}");
}

/// <summary>Users of a bulk operation, in the order in which they have their turn.</summary>
internal sealed record BulkPortion : IdentityDocument
{
    public const string DocumentType = "bulkPortion";

    /// <summary>Users of one document.</summary>
    public const int MaxUsers = 100;

    public override string Type => DocumentType;

    public required IReadOnlyList<BulkUser> Users { get; init; }

    public int Ttl { get; init; } = BulkDocument.RetentionSeconds;

    public static string PrefixOf(string bulkOperationId) => $"bulkPortion:{bulkOperationId}:";

    public static string IdOf(string bulkOperationId, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(bulkOperationId)}{number:D5}");
}

/// <summary>A user as the plan found it, and what became of it.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Name">Given and family name.</param>
/// <param name="Email">The address.</param>
/// <param name="Epoch">The user's epoch: another one means that the user was unregistered since.</param>
/// <param name="Devices">How many devices it concerns.</param>
/// <param name="Accounts">How many accounts the user has.</param>
internal sealed record BulkUser(string UserId, string Name, string Email, long Epoch, int Devices, int Accounts)
{
    /// <summary>The devices to remove; null when all go, or none.</summary>
    public IReadOnlyList<string>? DeviceIds { get; init; }

    public bool IsLockedOut { get; init; }

    public bool IsAdministrator { get; init; }

    public BulkResult Result { get; init; }

    /// <summary>The user's operations that do the rest.</summary>
    public IReadOnlyList<string> OperationIds { get; init => field = value ?? []; } = [];

    public string? Code { get; init; }

    public string? Detail { get; init; }

    public DateTimeOffset? At { get; init; }
}
