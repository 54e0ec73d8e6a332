using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace BlokSec.Functions.Security;

/// <summary>
/// The protected header of the signatures that are accepted here. There is no <c>crit</c>, <c>x5c</c>, <c>jku</c> or <c>b64</c>: members that
/// would change how a signature is checked are not known, hence refused.
/// </summary>
internal sealed record JwsHeader(string Typ, string Alg, JsonWebKeyMembers? Jwk = null, string? Kid = null);

/// <summary>
/// A compact JWS (RFC 7515, section 7.1), parsed strictly but not yet verified. The algorithm is decided by the key and never by the
/// header alone, so <c>none</c> and HS256 with a public key as its secret have no meaning here.
/// </summary>
internal sealed class CompactJws
{
    /// <summary>Characters; a longer one is refused before it is looked at.</summary>
    public const int MaximumLength = 4_096;

    private readonly byte[] signingInput;
    private readonly byte[] signature;

    private CompactJws(JwsHeader header, byte[] payload, byte[] signingInput, byte[] signature)
    {
        Header = header;
        Payload = payload;
        this.signingInput = signingInput;
        this.signature = signature;
    }

    /// <summary>The protected header.</summary>
    public JwsHeader Header { get; }

    /// <summary>The payload; not to be trusted before <see cref="IsSignedBy"/> said yes.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Reads a compact JWS.</summary>
    /// <param name="text">Three parts in base64url, with dots between them.</param>
    /// <param name="type">The <c>typ</c> it must have, so that a signature made for one purpose is not accepted for another (RFC 8725, section 3.11).</param>
    /// <param name="jws">What was read.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, string type, [NotNullWhen(true)] out CompactJws? jws)
    {
        jws = null;
        if (text is null || text.Length > MaximumLength)
        {
            return false;
        }

        var firstDot = text.IndexOf('.', StringComparison.Ordinal);
        var lastDot = text.LastIndexOf('.');
        if (firstDot <= 0 || lastDot == firstDot || text.AsSpan(firstDot + 1, lastDot - firstDot - 1).Contains('.'))
        {
            return false;
        }

        if (!StrictBase64Url.TryDecode(text.AsSpan(0, firstDot), out var headerJson)
            || !StrictBase64Url.TryDecode(text.AsSpan(firstDot + 1, lastDot - firstDot - 1), out var payload)
            || !StrictBase64Url.TryDecode(text.AsSpan(lastDot + 1), out var signature)
            || !SecurityJson.TryRead(headerJson, SecurityJson.Default.JwsHeader, out var header)
            || header.Typ != type)
        {
            return false;
        }

        jws = new CompactJws(header, payload, Encoding.ASCII.GetBytes(text, 0, lastDot), signature);
        return true;
    }

    /// <summary>Whether the header names the key's own algorithm and the signature is by the key.</summary>
    public bool IsSignedBy(PublicKey key) => Header.Alg == key.Algorithm && key.Verify(signingInput, signature);
}
