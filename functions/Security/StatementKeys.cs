using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>A public key of revocation statements as the JWK set shows it (RFC 7517).</summary>
internal sealed record StatementKey(string Kty, string Crv, string X, string Y, string Use, string Alg, string Kid);

/// <summary>The JWK set that phones verify revocation statements with.</summary>
internal sealed record StatementKeySet(IReadOnlyList<StatementKey> Keys);

/// <summary>The signing key and the public keys of revocation statements, imported when first needed.</summary>
internal sealed class StatementKeys(IOptions<StatementOptions> options) : IDisposable
{
    private readonly Lazy<Loaded> loaded = new(() => Load(options.Value));
    private readonly Lock signing = new();

    /// <summary>RFC 7638 thumbprint of the signing key.</summary>
    public string KeyId => loaded.Value.KeyId;

    /// <summary>The signing key's public half first, then those of its predecessors.</summary>
    public StatementKeySet PublicKeys => loaded.Value.PublicKeys;

    /// <summary>An ES256 signature: r and s, 64 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        // The platform does not promise that one key object can be used by several threads.
        lock (signing)
        {
            return loaded.Value.Private.SignData(
                data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    /// <summary>Signs claims.</summary>
    /// <param name="type">The <c>typ</c>, so that a signature for one purpose is no good for another.</param>
    /// <param name="claims">The payload.</param>
    /// <returns>A compact JWS.</returns>
    public string SignJws(string type, ReadOnlySpan<byte> claims)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new StatementHeader(type, "ES256", KeyId), StatementJson.Compact.StatementHeader);
        var signingInput = $"{StrictBase64Url.Encode(header)}.{StrictBase64Url.Encode(claims)}";
        return $"{signingInput}.{StrictBase64Url.Encode(Sign(Encoding.ASCII.GetBytes(signingInput)))}";
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
            ReadPrevious(text);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static Loaded Load(StatementOptions options)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(options.SigningKey);
        var keys = new[] { PublicKeyOf(key) }
            .Concat(options.PreviousKeys.Select(ReadPrevious))
            .DistinctBy(previous => previous.Thumbprint)
            .Select(Describe)
            .ToList();
        return new Loaded(key, keys[0].Kid, new StatementKeySet(keys));
    }

    private static P256PublicKey ReadPrevious(string text)
    {
        if (text.TrimStart().StartsWith('{'))
        {
            return JsonWebKeys.TryParse(text, out var parsed) && parsed is P256PublicKey p256 ? p256 : throw Unusable();
        }

        using var key = ECDsa.Create();
        key.ImportFromPem(text);
        return PublicKeyOf(key);
    }

    private static P256PublicKey PublicKeyOf(ECDsa key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return P256PublicKey.TryCreate(parameters.Q.X, parameters.Q.Y, out var p256) ? p256 : throw Unusable();
    }

    private static StatementKey Describe(P256PublicKey key)
    {
        var (x, y) = key.Coordinates;
        return new StatementKey("EC", "P-256", x, y, "sig", key.Algorithm, key.Thumbprint);
    }

    private static CryptographicException Unusable() => new($"A key of {StatementOptions.Section} is not a P-256 key.");

    private sealed record Loaded(ECDsa Private, string KeyId, StatementKeySet PublicKeys);
}
