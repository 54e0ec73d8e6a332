using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BlokSec.Functions.Security;
using NSec.Cryptography;
using PublicKey = BlokSec.Functions.Security.PublicKey;

namespace BlokSec.Functions.Tests.Security;

/// <summary>A key pair of a phone, of either kind, that can also sign what no honest phone would.</summary>
internal sealed class Signer : IDisposable
{
    private readonly ECDsa? p256;
    private readonly Key? ed25519;

    private Signer(ECDsa? p256, Key? ed25519)
    {
        this.p256 = p256;
        this.ed25519 = ed25519;
        PublicKey = p256 is not null ? Of(p256) : Of(ed25519!);
    }

    public PublicKey PublicKey { get; }

    public string DeviceId => PublicKey.Thumbprint;

    public string Did => DidKey.Format(PublicKey);

    public JsonNode Jwk => JsonNode.Parse(PublicKey.JsonWebKey)!;

    public static Signer P256() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), null);

    public static Signer Ed25519() => new(null, new Key(SignatureAlgorithm.Ed25519));

    public static Signer Of(bool ofP256) => ofP256 ? P256() : Ed25519();

    public static string Encode(JsonNode json) => Encode(json.ToJsonString());

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public byte[] Sign(string text) => p256 is not null
        ? p256.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256)
        : SignatureAlgorithm.Ed25519.Sign(ed25519!, Encoding.ASCII.GetBytes(text));

    public byte[] SignAsDer(string text) =>
        p256!.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public string Jws(JsonNode header, JsonNode claims) => Jws(header.ToJsonString(), claims.ToJsonString());

    public string Jws(string header, string claims)
    {
        var signingInput = Encode(header) + "." + Encode(claims);
        return signingInput + "." + Base64Url.EncodeToString(Sign(signingInput));
    }

    public void Dispose()
    {
        p256?.Dispose();
        ed25519?.Dispose();
    }

    private static P256PublicKey Of(ECDsa key)
    {
        var q = key.ExportParameters(false).Q;
        Assert.True(P256PublicKey.TryCreate(q.X, q.Y, out var created));
        return created;
    }

    private static Ed25519PublicKey Of(Key key)
    {
        Assert.True(Ed25519PublicKey.TryCreate(key.PublicKey.Export(KeyBlobFormat.RawPublicKey), out var created));
        return created;
    }
}
