using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>What is unique inside a tenant.</summary>
internal enum NameUse
{
    Email,
    UserName,
}

/// <summary>
/// Who has an email address or a user name in a tenant: all names of a tenant are in one partition of their own, as Cosmos DB keeps nothing unique
/// across partitions.
/// </summary>
internal sealed record NameDocument : IdentityDocument
{
    public const string DocumentType = "name";

    public override string Type => DocumentType;

    /// <summary>The user who has it, or is about to.</summary>
    public required string OwnerId { get; init; }

    /// <summary>Who had it entered; null in entries of earlier versions.</summary>
    public string? EnteredBy { get; init; }

    /// <summary>When it was entered, or meant again: the user's document follows within moments.</summary>
    public required DateTimeOffset EnteredAt { get; init; }

    /// <summary>The version of the user's document that is to be replaced by one with the name; null for a new user.</summary>
    public string? Replaces { get; init; }

    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, "names");

    /// <param name="use">What the name is.</param>
    /// <param name="folded">The name, see <see cref="FoldedNames"/>; its hash, so that any name fits an id.</param>
    public static string IdOf(NameUse use, string folded) =>
        $"{(use == NameUse.Email ? "email" : "userName")}:{RequestIds.Fingerprint(folded)}";

    /// <summary>Whether the user's document says so, or may say so in a moment. If not, the name was left behind and is free.</summary>
    /// <param name="user">The document; null when there is none.</param>
    /// <param name="use">What the name is.</param>
    /// <param name="folded">The name.</param>
    /// <param name="isRecent">Whether a call that entered it may still be under way.</param>
    public bool IsTaken(UserDocument? user, NameUse use, string folded, bool isRecent) => user switch
    {
        null => isRecent,
        { LeftAt: not null } => false,
        _ => (use == NameUse.Email ? user.EmailKey : user.UserNameKey) == folded || (isRecent && user.ETag == Replaces),
    };
}
