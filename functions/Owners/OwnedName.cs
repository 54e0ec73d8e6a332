using System.Text.Json.Serialization;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Owners;

/// <summary>What is unique inside a tenant.</summary>
internal enum NameUse
{
    Email,
    UserName,
}

/// <summary>Who has an email address or a user name in a tenant, which Cosmos DB cannot keep unique across partitions.</summary>
internal sealed record OwnedName
{
    public required string Id { get; init; }

    public required string TenantId { get; init; }

    public required string UserId { get; init; }

    /// <summary>When it was entered, or meant again: the user's document follows within moments.</summary>
    public required DateTimeOffset EnteredAt { get; init; }

    /// <summary>The version of the user's document that is to be replaced by one with the name; null for a new user.</summary>
    public string? Replaces { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    public static string IdOf(NameUse use, string tenantId, string folded) =>
        $"{(use == NameUse.Email ? "email" : "userName")}:{RequestIds.Fingerprint(tenantId, folded)}";

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
