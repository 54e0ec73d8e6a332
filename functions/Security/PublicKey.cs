using System.Security.Cryptography;
using System.Text;

namespace BlokSec.Functions.Security;

/// <summary>A public key of a device or of a DID: either <see cref="P256PublicKey"/> or <see cref="Ed25519PublicKey"/>.</summary>
internal abstract class PublicKey
{
    private protected PublicKey()
    {
    }

    /// <summary>The only JOSE algorithm this key may be used with: <c>ES256</c> or <c>EdDSA</c>.</summary>
    public abstract string Algorithm { get; }

    /// <summary>The key as a JWK with its required members in lexical order and no white space: what RFC 7638 hashes, and what is stored.</summary>
    public abstract string JsonWebKey { get; }

    /// <summary>RFC 7638 SHA-256 thumbprint, base64url, 43 characters; a device's id is the thumbprint of its key.</summary>
    public string Thumbprint => field ??= StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(JsonWebKey)));

    /// <summary>Whether the signature over the data is by this key; false for a malformed signature.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
