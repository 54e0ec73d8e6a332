using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.AuditChain;

/// <summary>The claims of a root.</summary>
/// <param name="Iss">The API that signed it.</param>
/// <param name="Iat">When, in seconds of Unix time.</param>
/// <param name="Tenant">Whose chain.</param>
/// <param name="Block">The last block.</param>
/// <param name="Hash">Its hash, on which those of all blocks before depend.</param>
/// <param name="Previous">The hash of the root before; null in the first.</param>
internal sealed record AuditRootClaims(string Iss, long Iat, string Tenant, long Block, string Hash, string? Previous);

/// <summary>Signs and checks roots of audit chains: compact JWS by the statement key.</summary>
internal sealed class AuditRoots(StatementKeys keys, PublicAddress address)
{
    /// <summary>The <c>typ</c> of a root.</summary>
    public const string Type = "audit-root+jwt";

    public string KeyId => keys.KeyId;

    public string Sign(AuditChainDocument chain, DateTimeOffset at) => keys.SignJws(Type, JsonSerializer.SerializeToUtf8Bytes(
        new AuditRootClaims(address.Url, at.ToUnixTimeSeconds(), chain.TenantId, chain.Number, chain.Hash, chain.Root), AuditRootJson.Relaxed.AuditRootClaims));

    /// <summary>Whether a root is by a key of ours and says that a block of a tenant has this hash.</summary>
    public bool Matches([NotNullWhen(true)] string? root, string tenantId, long block, string hash) =>
        Read(root) is { } claims && (claims.Tenant, claims.Block, claims.Hash) == (tenantId, block, hash);

    /// <summary>What a root says; null when it is not by a key of ours.</summary>
    public AuditRootClaims? Read(string? root) =>
        CompactJws.TryParse(root, Type, out var jws)
        && keys.PublicKeys.Keys.FirstOrDefault(key => key.Kid == jws.Header.Kid) is { } known
        && JsonWebKeys.TryRead(new JsonWebKeyMembers(known.Kty, known.Crv, known.X, known.Y), out var key)
        && jws.IsSignedBy(key)
        && SecurityJson.TryRead(jws.Payload.Span, AuditRootJson.Relaxed.AuditRootClaims, out var claims)
            ? claims
            : null;
}

/// <summary>The JSON of roots.</summary>
[JsonSerializable(typeof(AuditRootClaims))]
internal sealed partial class AuditRootJson : JsonSerializerContext
{
    public static readonly AuditRootJson Relaxed = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
