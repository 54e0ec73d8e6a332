using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>A public key of Security Event Tokens as the JWK set shows it (RFC 7518, section 6.3).</summary>
/// <param name="Kty">The kind of key: RSA.</param>
/// <param name="Use">For signatures.</param>
/// <param name="Alg">RS256.</param>
/// <param name="Kid">Its thumbprint (RFC 7638), which the header of a token names.</param>
/// <param name="N">The modulus, in base64url.</param>
/// <param name="E">The exponent, in base64url.</param>
internal sealed record EventKey(string Kty, string Use, string Alg, string Kid, string N, string E);

/// <summary>The JWK set that receivers verify Security Event Tokens with.</summary>
/// <param name="Keys">The key that signs, then earlier ones.</param>
internal sealed record EventKeySet(IReadOnlyList<EventKey> Keys);

/// <summary>
/// Signs Security Event Tokens with RS256, the one algorithm that the CAEP Interoperability Profile 1.0, section 2.6, asks for. The key is
/// imported when first needed.
/// </summary>
internal sealed class EventKeys(IOptions<EventKeyOptions> options) : IDisposable
{
    /// <summary>The fewest bits of a key (CAEP Interoperability Profile 1.0, section 2.6).</summary>
    public const int FewestBits = 2048;

    /// <summary>The <c>typ</c> of a Security Event Token (RFC 8417, section 2.3).</summary>
    private const string Type = "secevent+jwt";

    private const string Algorithm = "RS256";

    private readonly Lazy<Loaded> loaded = new(() => Load(options.Value));
    private readonly Lock signing = new();

    /// <summary>The signing key's public half first, then those of its predecessors.</summary>
    public EventKeySet PublicKeys => loaded.Value.PublicKeys;

    /// <summary>Signs a Security Event Token.</summary>
    /// <param name="claims">The payload, as JSON.</param>
    /// <returns>A compact JWS.</returns>
    public string Sign(string claims)
    {
        var signingInput = $"{loaded.Value.Header}.{StrictBase64Url.Encode(Encoding.UTF8.GetBytes(claims))}";
        byte[] signature;

        // The platform does not promise that one key object can be used by several threads.
        lock (signing)
        {
            signature = loaded.Value.Private.SignData(Encoding.ASCII.GetBytes(signingInput), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        return $"{signingInput}.{StrictBase64Url.Encode(signature)}";
    }

    public void Dispose()
    {
        if (loaded.IsValueCreated)
        {
            loaded.Value.Private.Dispose();
        }
    }

    /// <summary>Whether a text is the public key of an earlier signing key.</summary>
    public static bool IsPrevious(string text)
    {
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(text);
            return key.KeySize >= FewestBits;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static Loaded Load(EventKeyOptions options)
    {
        var key = RSA.Create();
        key.ImportFromPem(options.SigningKey);
        var keys = new[] { Describe(key) }.Concat(options.PreviousKeys.Select(ReadPrevious)).DistinctBy(known => known.Kid).ToList();
        var header = JsonSerializer.SerializeToUtf8Bytes(new StatementHeader(Type, Algorithm, keys[0].Kid), StatementJson.Compact.StatementHeader);
        return new Loaded(key, StrictBase64Url.Encode(header), new EventKeySet(keys));
    }

    private static EventKey ReadPrevious(string text)
    {
        using var key = RSA.Create();
        key.ImportFromPem(text);
        return Describe(key);
    }

    /// <summary>The key id is the thumbprint (RFC 7638): the members that make the key, in the order of their names.</summary>
    private static EventKey Describe(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var (n, e) = (StrictBase64Url.Encode(parameters.Modulus), StrictBase64Url.Encode(parameters.Exponent));
        var thumbprint = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new Thumbprinted(e, "RSA", n), EventKeyJson.Default.Thumbprinted));
        return new EventKey("RSA", "sig", Algorithm, StrictBase64Url.Encode(thumbprint), n, e);
    }

    /// <summary>The members of an RSA key that its thumbprint is made of.</summary>
    internal sealed record Thumbprinted(
        [property: JsonPropertyName("e"), JsonPropertyOrder(0)] string E,
        [property: JsonPropertyName("kty"), JsonPropertyOrder(1)] string Kty,
        [property: JsonPropertyName("n"), JsonPropertyOrder(2)] string N);

    private sealed record Loaded(RSA Private, string Header, EventKeySet PublicKeys);
}

/// <summary>The JSON of a key's thumbprint.</summary>
[JsonSerializable(typeof(EventKeys.Thumbprinted))]
internal sealed partial class EventKeyJson : JsonSerializerContext;
