using System.Security.Cryptography;
using System.Text.Json;

namespace BlokSec.Local;

/// <summary>
/// The secrets of one local system, made at its first start and kept in its folder. They are worth nothing elsewhere: only the local
/// stand-ins trust them.
/// </summary>
internal sealed record LocalKeys
{
    /// <summary>Signs revocation statements: P-256, PKCS#8, PEM.</summary>
    public required string StatementKey { get; init; }

    /// <summary>Derives claim codes: 32 bytes, base64.</summary>
    public required string ClaimKey { get; init; }

    /// <summary>Signs APNs provider tokens: P-256, PKCS#8, PEM.</summary>
    public required string ApnsKey { get; init; }

    /// <summary>The FCM service account's RSA key: PKCS#8, PEM.</summary>
    public required string FcmKey { get; init; }

    /// <summary>What the function app shows to get its managed identity's tokens.</summary>
    public required string IdentityHeader { get; init; }

    /// <summary>The public half of <see cref="ApnsKey"/>, PEM.</summary>
    public string ApnsPublicKey()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(ApnsKey);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>The public half of <see cref="FcmKey"/>, PEM.</summary>
    public string FcmPublicKey()
    {
        using var key = RSA.Create();
        key.ImportFromPem(FcmKey);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>Loads the keys of a folder, or makes them.</summary>
    public static LocalKeys LoadOrCreate(string folder)
    {
        var path = Path.Combine(folder, "keys.json");
        if (File.Exists(path))
        {
            return JsonSerializer.Deserialize<LocalKeys>(File.ReadAllText(path), JsonSerializerOptions.Web)!;
        }

        var keys = Create();
        File.WriteAllText(path, JsonSerializer.Serialize(keys, JsonSerializerOptions.Web));
        return keys;
    }

    private static LocalKeys Create()
    {
        using var statement = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var apns = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var fcm = RSA.Create(2048);
        return new LocalKeys
        {
            StatementKey = statement.ExportPkcs8PrivateKeyPem(),
            ClaimKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ApnsKey = apns.ExportPkcs8PrivateKeyPem(),
            FcmKey = fcm.ExportPkcs8PrivateKeyPem(),
            IdentityHeader = RandomNumberGenerator.GetHexString(32, lowercase: true),
        };
    }
}
