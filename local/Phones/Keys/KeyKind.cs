namespace BlokSec.Local.Phones.Keys;

/// <summary>The two kinds of key that the protocol allows.</summary>
internal enum KeyKind
{
    /// <summary>P-256, signs ES256. The only kind that a Secure Enclave can hold.</summary>
    P256,

    /// <summary>Ed25519, signs EdDSA (RFC 8037).</summary>
    Ed25519,
}
