using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>Why a user may not sign in or enroll for now. Phones and accounts stay; nothing is reset.</summary>
/// <param name="At">Since when.</param>
/// <param name="Kind">Who did it: one of <see cref="AuditActorKinds"/>.</param>
/// <param name="By">Who, as people know them.</param>
/// <param name="Reason">Why, in their words.</param>
internal sealed record Suspension(DateTimeOffset At, string Kind, string By, string Reason)
{
    /// <summary>The bulk operation that did it; null for a decision about this user alone.</summary>
    public string? BulkOperationId { get; init; }
}

/// <summary>
/// The user: the root of the partition. Enrollments replace it with If-Match; what administrators decide about one device patches
/// it, on conditions about no more than the decision depends on. A registered phone writes its own document only, so that nothing it
/// sends makes a decision fail.
/// </summary>
internal sealed record UserDocument : IdentityDocument
{
    public const string DocumentId = "user";

    public const string DocumentType = "user";

    /// <summary>Devices that a user may have: a fence over all of them always fits one batch.</summary>
    public const int MaxDevices = 30;

    /// <summary>The epoch of a user whose identity was never reset.</summary>
    public const long FirstEpoch = 1;

    public override string Type => DocumentType;

    public required string GivenName { get; init; }

    public required string FamilyName { get; init; }

    public required string Email { get; init; }

    public string? Mobile { get; init; }

    /// <summary>What a search looks in: <see cref="Contracts.SearchText.Of"/>; in documents of earlier versions name, email and mobile in lower case.</summary>
    public required string SearchText { get; init; }

    /// <summary>Family name, given name and id in lower case: the order of lists.</summary>
    public required string SortName { get; init; }

    /// <summary>How the directory names the user for sign-in (SCIM <c>userName</c>), as it was given; null for users of before, who have none.</summary>
    public string? UserName { get; init; }

    /// <summary><see cref="UserName"/> in the form in which it is unique and looked up, see <see cref="FoldedNames"/>.</summary>
    public string? UserNameKey { get; init; }

    /// <summary><see cref="Email"/> in the form in which it is unique and looked up; null for users of before, whose addresses were not compared.</summary>
    public string? EmailKey { get; init; }

    /// <summary>The id in the directory that the user comes from (SCIM <c>externalId</c>); upper and lower case differ.</summary>
    public string? ExternalId { get; init; }

    /// <summary>How the directory shows the user.</summary>
    public string? DisplayName { get; init; }

    /// <summary>
    /// The department, as it was given; empty when an administrator removed it. Null when nobody said: of a user whom a directory made before departments were
    /// stored, <see cref="ScimAttributes"/> knows it, and it counts from the directory's next write.
    /// </summary>
    public string? Department { get; init; }

    /// <summary><see cref="Department"/> in the form of <see cref="FoldedNames"/>, by which users are looked up and kept from administrators; null for none.</summary>
    public string? DepartmentKey { get; init; }

    /// <summary>What the directory says of the user, as it sent it (RFC 7643), without what is stored elsewhere; null when no directory made or changed the user.</summary>
    public JsonObject? ScimAttributes { get; init; }

    /// <summary>All email addresses that the directory gave, in the form of <see cref="EmailKey"/>; null when it gave none.</summary>
    public IReadOnlyList<string>? DirectoryEmails { get; init; }

    /// <summary>
    /// Whether another user of the tenant had <see cref="Email"/> when the directory gave it: a directory decides about its addresses, and only what it
    /// calls unique is. <see cref="EmailKey"/> is null then.
    /// </summary>
    public bool SharesEmail { get; init; }

    /// <summary>When the profile was changed last; null when it never was.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>Why the user may not sign in or enroll for now; null while not suspended.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>When the user left: removed by the directory, never to come back under this id; null for all others.</summary>
    public DateTimeOffset? LeftAt { get; init; }

    /// <summary>Grows with every change of the user's accounts; phones compare it with theirs.</summary>
    public long AccountsVersion { get; init; }

    /// <summary>Which request made the user, to tell a repeated idempotency key from a reused one; null when it named none.</summary>
    public string? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The active DID; null after a reset, until a claim is redeemed.</summary>
    public string? Did { get; init; }

    public DidState DidState { get; init; }

    /// <summary>Grows with every reset of the DID. Needed: read as 0, no DID of before would count as retired.</summary>
    [JsonRequired]
    public long Epoch { get; init; }

    /// <summary>The device that sign-in requests are pushed to.</summary>
    public string? ActiveDeviceId { get; init; }

    /// <summary>DIDs that were reset before all keys of the user stood in the registry of keys, which remembers later ones.</summary>
    public IReadOnlyList<string> RetiredDids { get; init => field = value ?? []; } = [];

    /// <summary>The DIDs that the user has and had, see <see cref="DidLineage"/>; documents of before lack earlier ones.</summary>
    public IReadOnlyList<DidRecord> Dids { get; init => field = value ?? []; } = [];

    /// <summary>Whether every key that the user ever had stands in the registry of keys; documents older than the registry lack it.</summary>
    public bool KeysEntered { get; init; }

    public int AccountCount { get; init; }

    public int DeviceCount { get; init; }

    /// <summary>The operation of the latest unregistration.</summary>
    public string? UnregistrationOperationId { get; init; }

    /// <summary>The operation of the latest departure, which removed all accounts.</summary>
    public string? DepartureOperationId { get; init; }

    /// <summary>Members on which decisions rest and that cannot be read; see <see cref="IdentityStore.RecoverUserAsync"/>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>Whether there is an identity to reset; where members are lost, the reset repairs the document.</summary>
    [JsonIgnore]
    public bool CanBeUnregistered => DidState == DidState.Active || Lost.Count > 0;

    /// <summary>
    /// The version of what administrators decide about: the profile, which device is active, in which epoch. Unlike the document's ETag, an
    /// enrollment leaves it alone.
    /// </summary>
    [JsonIgnore]
    public string Version => $"\"{RequestIds.Fingerprint(
        $"{Epoch}|{DidState}|{ActiveDeviceId}", GivenName, FamilyName, Email, Mobile, UserName, ExternalId, DisplayName, Department, $"{Suspension?.At:O}|{LeftAt:O}")[..32]}\"";

    /// <summary>Whatever the user may sign in with somewhere, in the form of <see cref="EmailKey"/>.</summary>
    public IEnumerable<string> SignInNames() =>
        new[] { Email.Length == 0 ? null : FoldedNames.Fold(Email), EmailKey, UserNameKey }.OfType<string>().Concat(DirectoryEmails ?? []).Distinct();

    /// <summary>Whether sign-ins and enrollments are refused although the identity may be active.</summary>
    [JsonIgnore]
    public bool IsBarred => Suspension is not null || LeftAt is not null;

    /// <summary>The condition of a patch that the user still has this epoch and this active device.</summary>
    [JsonIgnore]
    public string IsUnchanged => ActiveDeviceId is null
        ? string.Create(CultureInfo.InvariantCulture, $"FROM c WHERE c.epoch = {Epoch} AND (NOT IS_DEFINED(c.activeDeviceId) OR IS_NULL(c.activeDeviceId))")
        : string.Create(CultureInfo.InvariantCulture, $"FROM c WHERE c.epoch = {Epoch} AND c.activeDeviceId = '{ActiveDeviceId}'");
}
