using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using NSec.Cryptography;

namespace BlokSec.Local.Phones.Keys;

/// <summary>
/// A private key of a virtual phone: the device key, or the key of the user's DID. It is kept as bytes and imported for each
/// signature, so that a phone owns nothing that must be disposed. It never appears in a log, a view or an exception.
/// </summary>
[JsonConverter(typeof(PhoneKeyConverter))]
internal sealed class PhoneKey
{
    private readonly byte[] privateKey;

    private PhoneKey(KeyKind kind, byte[] privateKey, PublicJwk publicKey)
    {
        Kind = kind;
        this.privateKey = privateKey;
        Public = publicKey;
    }

    /// <summary>P-256 or Ed25519.</summary>
    public KeyKind Kind { get; }

    /// <summary>The public half.</summary>
    public PublicJwk Public { get; }

    /// <summary>The <c>alg</c> of its signatures.</summary>
    public string Algorithm => Public.Algorithm;

    /// <summary>The id of a device that holds this as its device key.</summary>
    public string DeviceId => Public.Thumbprint();

    /// <summary>The DID that this key controls, if it is used as a DID's key.</summary>
    public string Did => DidKey.Encode(Public);

    /// <summary>Makes a new key.</summary>
    public static PhoneKey Create(KeyKind kind)
    {
        if (kind == KeyKind.P256)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return Import(kind, key.ExportPkcs8PrivateKey());
        }

        return Import(kind, RandomNumberGenerator.GetBytes(SignatureAlgorithm.Ed25519.PrivateKeySize));
    }

    /// <summary>Reads a private key: PKCS#8 for P-256, the 32-byte seed of RFC 8032 for Ed25519.</summary>
    public static PhoneKey Import(KeyKind kind, byte[] privateKey)
    {
        if (kind == KeyKind.P256)
        {
            using var ecdsa = ImportP256(privateKey);
            var q = ecdsa.ExportParameters(includePrivateParameters: false).Q;
            return new PhoneKey(kind, privateKey, new PublicJwk("EC", "P-256", Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y)));
        }

        using var ed25519 = ImportEd25519(privateKey);
        var x = ed25519.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        return new PhoneKey(kind, privateKey, new PublicJwk("OKP", "Ed25519", Base64Url.EncodeToString(x), null));
    }

    /// <summary>Signs as JWS wants it: r and s concatenated for ES256 (RFC 7518 section 3.4), 64 bytes for EdDSA.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        if (Kind == KeyKind.P256)
        {
            using var ecdsa = ImportP256(privateKey);
            return ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        using var ed25519 = ImportEd25519(privateKey);
        return SignatureAlgorithm.Ed25519.Sign(ed25519, data);
    }

    /// <summary>For the phone's own storage and the user's backup; nothing else may hold it.</summary>
    public byte[] ExportPrivate() => [.. privateKey];

    public override string ToString() => $"{Kind} key {DeviceId}";

    private static ECDsa ImportP256(byte[] pkcs8)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return key;
    }

    private static Key ImportEd25519(byte[] seed) => Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
}
