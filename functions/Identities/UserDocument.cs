using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>
/// The user: the root of the partition. Every change to which devices exist, which DID is alive or which push handles are live
/// replaces this document with If-Match, so that no two such changes can pass each other.
/// </summary>
internal sealed record UserDocument : IdentityDocument
{
    public const string DocumentId = "user";

    public const string DocumentType = "user";

    public override string Type => DocumentType;

    public required string GivenName { get; init; }

    public required string FamilyName { get; init; }

    public required string Email { get; init; }

    public string? Mobile { get; init; }

    /// <summary>What a search looks in: <see cref="Contracts.SearchText.Of"/>; in documents of earlier versions name, email and mobile in lower case.</summary>
    public required string SearchText { get; init; }

    /// <summary>Family name, given name and id in lower case: the order of lists.</summary>
    public required string SortName { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The living DID; null after a reset, until a claim is redeemed.</summary>
    public string? Did { get; init; }

    public DidState DidState { get; init; }

    /// <summary>Grows with every reset of the DID.</summary>
    public long Epoch { get; init; }

    /// <summary>The device that sign-in requests are pushed to.</summary>
    public string? ActiveDeviceId { get; init; }

    /// <summary>DIDs that were reset: refused for ever.</summary>
    public IReadOnlyList<string> RetiredDids { get; init; } = [];

    public int AccountCount { get; init; }

    public int DeviceCount { get; init; }

    /// <summary>Hash of the push handle of each living device, by device id; see <see cref="PushHandles.Hash"/>.</summary>
    public IReadOnlyDictionary<string, string> LivePushHandles { get; init; } = new Dictionary<string, string>();

    /// <summary>The operation of the latest unregistration.</summary>
    public string? UnregistrationOperationId { get; init; }
}
