using System.Text.Json.Serialization;

namespace BlokSec.Functions.Identities;

/// <summary>
/// Whose partition: everything about one user lives in one logical partition of the container <c>identities</c>. What a tenant has beside its
/// users lives there too, see <see cref="OfTenant"/>.
/// </summary>
/// <param name="TenantId">The tenant; first level of the partition key.</param>
/// <param name="UserId">The user; second level of the partition key.</param>
internal readonly record struct UserKey(string TenantId, string UserId)
{
    /// <summary>A partition of the tenant itself, such as that of its applications. No user's id can begin like this.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="area">What the partition holds.</param>
    public static UserKey OfTenant(string tenantId, string area) => new(tenantId, $"~{area}");

    /// <summary>Whether it is a partition of the tenant itself.</summary>
    public bool IsOfTenant => UserId.StartsWith('~');
}

/// <summary>What every document in a user's partition has.</summary>
internal abstract record IdentityDocument
{
    /// <summary>The newest form of documents that this version of the app knows.</summary>
    public const int CurrentSchemaVersion = 1;

    public string Id { get; init; } = "";

    /// <summary>Which kind of document, such as <c>device</c>.</summary>
    public abstract string Type { get; }

    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    public required string TenantId { get; init; }

    public required string UserId { get; init; }

    /// <summary>The version that Cosmos DB gave the document; null until it was stored.</summary>
    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    /// <summary>Whether some of its members could not be read and are placeholders.</summary>
    [JsonIgnore]
    public bool IsPartial { get; set; }

    [JsonIgnore]
    public UserKey Key => new(TenantId, UserId);

    /// <summary>Makes sure that this version of the service may write the document back. Called before anything is done that the write records.</summary>
    /// <exception cref="NewerDocumentException">A later version wrote it.</exception>
    /// <exception cref="UnreadableDocumentException">It is not known whole.</exception>
    public void EnsureWritable()
    {
        if (SchemaVersion > CurrentSchemaVersion)
        {
            throw new NewerDocumentException(Id);
        }

        if (IsPartial)
        {
            throw new UnreadableDocumentException(Id);
        }
    }
}
