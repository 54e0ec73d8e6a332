using System.Text.Json;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Phones.Statements;

/// <summary>Reads a JWK set (RFC 7517 section 5).</summary>
internal static class KeySet
{
    /// <summary>The P-256 keys of the set by <c>kid</c>; members that cannot be used are skipped, as the RFC asks.</summary>
    public static IReadOnlyDictionary<string, PublicJwk> Read(JsonElement? json)
    {
        var keys = new Dictionary<string, PublicJwk>(StringComparer.Ordinal);
        if (json is not { } set || !set.TryGetProperty("keys", out var members) || members.ValueKind != JsonValueKind.Array)
        {
            return keys;
        }

        foreach (var member in members.EnumerateArray())
        {
            if (PublicJwk.TryRead(member, out var jwk)
                && jwk.Algorithm == "ES256"
                && member.TryGetProperty("kid", out var kid)
                && kid.ValueKind == JsonValueKind.String)
            {
                keys[kid.GetString()!] = jwk;
            }
        }

        return keys;
    }
}
