namespace BlokSec.Functions.Identities;

/// <summary>A provisioning token of a tenant: all but the token itself. It stands in a partition of the tenant.</summary>
internal sealed record ProvisioningTokenDocument : IdentityDocument
{
    public const string DocumentType = "provisioningToken";

    /// <summary>The partition of the tenant that it stands in.</summary>
    public const string Area = "provisioning";

    public override string Type => DocumentType;

    public required string TokenId { get; init; }

    /// <summary>What an administrator calls it.</summary>
    public required string Name { get; init; }

    /// <summary>A digest of the token, see <c>Provisioning/ProvisioningToken</c>; the token cannot be found from it.</summary>
    public required string Digest { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it, as people know them.</summary>
    public required string CreatedBy { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was used last, to within five minutes.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Seconds that Cosmos DB keeps the document after its last change.</summary>
    public required int Ttl { get; init; }

    public bool IsValidAt(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt;

    public static string IdOf(string tokenId) => $"provisioningToken:{tokenId}";

    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, Area);
}
