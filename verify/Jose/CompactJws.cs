using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Serialization;

namespace BlokSec.Verify.Jose;

/// <summary>The protected header of what is signed here. Whatever would change how a signature is checked (<c>crit</c>, <c>x5c</c>, <c>jku</c>, <c>b64</c>) is refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record JwsHeader(string Typ, string Alg)
{
    /// <summary>Names the key.</summary>
    public string? Kid { get; init; }

    /// <summary>The key itself: only in what a phone signs, where its thumbprint is compared with the id of the device.</summary>
    public JsonWebKey? Jwk { get; init; }
}

/// <summary>A compact JWS (RFC 7515, section 7.1), read strictly: one text for one signature. Not verified yet.</summary>
internal sealed class CompactJws
{
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
    /// <param name="type">The <c>typ</c> it must have (RFC 8725, section 3.11).</param>
    /// <param name="jws">What was read.</param>
    public static bool TryParse(string text, string type, [NotNullWhen(true)] out CompactJws? jws)
    {
        jws = text.Split('.') is [var headerPart, var payloadPart, var signaturePart]
            && TryDecode(headerPart, out var headerJson)
            && TryDecode(payloadPart, out var payload)
            && TryDecode(signaturePart, out var signature)
            && StrictJson.TryRead<JwsHeader>(headerJson, out var header)
            && header.Typ == type
                ? new CompactJws(header, payload, Encoding.ASCII.GetBytes($"{headerPart}.{payloadPart}"), signature)
                : null;
        return jws is not null;
    }

    /// <summary>Whether the header names the algorithm of the key, and the signature is by it. The key decides, never the header.</summary>
    public bool IsSignedBy(PublicKey key) => Header.Alg == key.Algorithm && key.Verify(signingInput, signature);

    /// <summary>Base64url without padding and white space, each value in its one spelling.</summary>
    internal static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        bytes = Base64Url.DecodeFromChars(text, buffer, out _, out var length) == OperationStatus.Done
            && Base64Url.EncodeToString(buffer.AsSpan(0, length)) == text
                ? buffer[..length]
                : null;
        return bytes is not null;
    }
}
