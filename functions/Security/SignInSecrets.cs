using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>
/// What is secret about sign-in requests, derived from the server's key of claims and stored nowhere: the number that the application shows, and
/// the id that it asks with. The id hides user and request: it looks the same whether there is such a user or not.
/// </summary>
internal sealed class SignInSecrets(IOptions<ClaimCodeOptions> options)
{
    private const int RequestIdLength = 32;
    private const int UserIdLength = 64;

    private static readonly byte[] NumberPurpose = Encoding.ASCII.GetBytes("bloksec-sign-in-number-v1");
    private static readonly byte[] IdPurpose = Encoding.ASCII.GetBytes("bloksec-sign-in-id-v1");
    private static readonly byte[] KeyIdPurpose = Encoding.ASCII.GetBytes("bloksec-sign-in-key-id-v1");
    private static readonly int NonceLength = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagLength = AesGcm.TagByteSizes.MaxSize;

    private readonly Lazy<Key[]> keys = new(() =>
        [.. options.Value.PreviousKeys.Prepend(options.Value.Key).Select(Convert.FromBase64String).Select(Key.From)]);

    /// <summary>The id of the key for new requests; tells nothing about the key.</summary>
    public string CurrentKeyId => keys.Value[0].Id;

    /// <summary>The number of a request; null when its key was taken out of the configuration.</summary>
    /// <param name="keyId">The id of the key that was current when the request was made.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="requestId">The request, whose id is random.</param>
    /// <param name="digits">How many digits: 3 to 6.</param>
    public string? Number(string? keyId, string tenantId, string requestId, int digits)
    {
        if (Array.Find(keys.Value, key => key.Id == keyId) is not { } key)
        {
            return null;
        }

        var hash = HMACSHA256.HashData(key.ForNumbers, Encoding.UTF8.GetBytes($"{tenantId}\n{requestId}"));
        var number = BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Math.Pow(10, digits);
        return number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The id that an application asks with. Nobody else can use it, and it cannot be guessed.</summary>
    public string Seal(CallingApplication application, string userId, string requestId)
    {
        var plain = new byte[RequestIdLength + UserIdLength];
        Encoding.ASCII.GetBytes(requestId, plain);
        Encoding.ASCII.GetBytes(userId, plain.AsSpan(RequestIdLength));
        var id = new byte[NonceLength + plain.Length + TagLength];
        RandomNumberGenerator.Fill(id.AsSpan(0, NonceLength));
        using var aes = new AesGcm(keys.Value[0].ForIds, TagLength);
        aes.Encrypt(
            id.AsSpan(0, NonceLength), plain, id.AsSpan(NonceLength, plain.Length), id.AsSpan(NonceLength + plain.Length), Associated(application));
        return StrictBase64Url.Encode(id);
    }

    /// <summary>Opens an id that <see cref="Seal"/> gave to the same application; false for any other text.</summary>
    public bool TryOpen(
        CallingApplication application, string id, [NotNullWhen(true)] out string? userId, [NotNullWhen(true)] out string? requestId)
    {
        (userId, requestId) = (null, null);
        var plain = new byte[RequestIdLength + UserIdLength];
        if (!StrictBase64Url.TryDecode(id, out var bytes) || bytes.Length != NonceLength + plain.Length + TagLength)
        {
            return false;
        }

        if (!Array.Exists(keys.Value, key => TryDecrypt(key, bytes, plain, Associated(application))))
        {
            return false;
        }

        requestId = Encoding.ASCII.GetString(plain, 0, RequestIdLength);
        userId = Encoding.ASCII.GetString(plain, RequestIdLength, UserIdLength).TrimEnd('\0');
        return true;
    }

    private static bool TryDecrypt(Key key, byte[] id, byte[] plain, byte[] associated)
    {
        using var aes = new AesGcm(key.ForIds, TagLength);
        try
        {
            aes.Decrypt(
                id.AsSpan(0, NonceLength), id.AsSpan(NonceLength, plain.Length), id.AsSpan(NonceLength + plain.Length), plain, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static byte[] Associated(CallingApplication application) => Encoding.UTF8.GetBytes($"{application.TenantId}\n{application.ClientId}");

    private sealed record Key(string Id, byte[] ForNumbers, byte[] ForIds)
    {
        public static Key From(byte[] secret) => new(
            StrictBase64Url.Encode(HMACSHA256.HashData(secret, KeyIdPurpose).AsSpan(0, 6)),
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: NumberPurpose),
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: IdPurpose));
    }
}
