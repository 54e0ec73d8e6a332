using System.Diagnostics.CodeAnalysis;

namespace BlokSec.Functions.Security;

/// <summary>The members of a public JWK (RFC 7517; RFC 7518, section 6.2; RFC 8037, section 2). Any other member, such as the private <c>d</c>, is refused.</summary>
internal sealed record JsonWebKeyMembers(string Kty, string Crv, string X, string? Y = null);

/// <summary>Public keys as JWK: EC on P-256 and OKP with Ed25519, nothing else.</summary>
internal static class JsonWebKeys
{
    /// <summary>Reads a stored or received JWK; false unless it is a public key of one of the two kinds, spelled canonically.</summary>
    public static bool TryParse([NotNullWhen(true)] string? json, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        return json is not null
            && SecurityJson.TryRead(json, SecurityJson.Default.JsonWebKeyMembers, out var members)
            && TryRead(members, out key);
    }

    internal static bool TryRead(JsonWebKeyMembers? members, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        if (members is null || !StrictBase64Url.TryDecode(members.X, out var x))
        {
            return false;
        }

        switch (members)
        {
            case { Kty: "EC", Crv: "P-256", Y: { } encoded } when StrictBase64Url.TryDecode(encoded, out var y):
                key = P256PublicKey.TryCreate(x, y, out var p256) ? p256 : null;
                break;
            case { Kty: "OKP", Crv: "Ed25519", Y: null }:
                key = Ed25519PublicKey.TryCreate(x, out var ed25519) ? ed25519 : null;
                break;
        }

        return key is not null;
    }
}
