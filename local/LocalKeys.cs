using System.Security.Cryptography;
using System.Text.Json;

namespace BlokSec.Local;

/// <summary>
/// The secrets of one local system, made at its first start and kept in its folder. They are worth nothing elsewhere: only the local
/// stand-ins trust them.
/// </summary>
internal sealed record LocalKeys
{
    /// <summary>The file in the folder of a system.</summary>
    public const string FileName = "keys.json";

    private const int ClaimKeyLength = 32;

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

    /// <summary>The key of the Service Bus namespace's shared access policy; systems of earlier versions get theirs with the next load.</summary>
    public string ServiceBusKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Signs Security Event Tokens: RSA, PKCS#8, PEM; systems of earlier versions get theirs with the next load.</summary>
    public string EventKey { get => field ??= CreateEventKey(); init; }

    /// <summary>The access key of the topic of Event Grid; systems of earlier versions get theirs with the next load.</summary>
    public string EventGridKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

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
    /// <exception cref="InvalidDataException">The file is there, but is not what was written.</exception>
    public static LocalKeys LoadOrCreate(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            return Load(path);
        }

        var keys = Create();
        Save(path, keys);
        return keys;
    }

    private static void Save(string path, LocalKeys keys) => File.WriteAllText(path, JsonSerializer.Serialize(keys, JsonSerializerOptions.Web));

    private static LocalKeys Load(string path)
    {
        try
        {
            var keys = JsonSerializer.Deserialize<LocalKeys>(File.ReadAllText(path), JsonSerializerOptions.Web)
                ?? throw new JsonException("It holds null.");
            keys.Import();
            Save(path, keys);
            return keys;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or CryptographicException or FormatException)
        {
            throw new InvalidDataException(
                $"{path} does not hold the keys of a local system ({exception.Message.TrimEnd('.')}): start with -- --fresh, which makes new keys and data.",
                exception);
        }
    }

    /// <summary>Imports each key once, so that a broken one is found at the start.</summary>
    private void Import()
    {
        using var statement = ECDsa.Create();
        statement.ImportFromPem(StatementKey);
        using var events = RSA.Create();
        events.ImportFromPem(EventKey);
        ApnsPublicKey();
        FcmPublicKey();
        if (Convert.FromBase64String(ClaimKey).Length < ClaimKeyLength)
        {
            throw new FormatException($"The claim key has fewer than {ClaimKeyLength} bytes.");
        }

        ArgumentException.ThrowIfNullOrEmpty(IdentityHeader);
        ArgumentException.ThrowIfNullOrEmpty(ServiceBusKey);
    }

    private static string CreateEventKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static LocalKeys Create()
    {
        using var statement = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var apns = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var fcm = RSA.Create(2048);
        return new LocalKeys
        {
            StatementKey = statement.ExportPkcs8PrivateKeyPem(),
            ClaimKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(ClaimKeyLength)),
            ApnsKey = apns.ExportPkcs8PrivateKeyPem(),
            FcmKey = fcm.ExportPkcs8PrivateKeyPem(),
            IdentityHeader = RandomNumberGenerator.GetHexString(32, lowercase: true),
        };
    }
}
