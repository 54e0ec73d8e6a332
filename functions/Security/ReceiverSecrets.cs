using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>
/// Seals what receivers of events give us to authenticate with, under a key that is derived from the server's key of claims. A sealed text opens
/// for the same tenant, stream and address only: whoever changes the address in the database does not get the secret sent there.
/// </summary>
internal sealed class ReceiverSecrets(IOptions<ClaimCodeOptions> options)
{
    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("bloksec-event-receiver-v1");
    private static readonly int NonceLength = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagLength = AesGcm.TagByteSizes.MaxSize;

    private readonly Lazy<byte[][]> keys = new(() =>
        [.. options.Value.PreviousKeys.Prepend(options.Value.Key).Select(Convert.FromBase64String).Select(Derive)]);

    /// <summary>Seals a secret.</summary>
    /// <param name="secret">What the receiver gave.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="address">Where alone it may be sent.</param>
    public string Seal(string secret, string tenantId, string streamId, string address)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var sealedText = new byte[NonceLength + plain.Length + TagLength];
        RandomNumberGenerator.Fill(sealedText.AsSpan(0, NonceLength));
        using var aes = new AesGcm(keys.Value[0], TagLength);
        aes.Encrypt(
            sealedText.AsSpan(0, NonceLength),
            plain,
            sealedText.AsSpan(NonceLength, plain.Length),
            sealedText.AsSpan(NonceLength + plain.Length),
            Associated(tenantId, streamId, address));
        return StrictBase64Url.Encode(sealedText);
    }

    /// <summary>Opens what <see cref="Seal"/> sealed for the same stream and address; null for any other text, and when its key was taken out of the configuration.</summary>
    public string? Open(string sealedText, string tenantId, string streamId, string address)
    {
        if (!StrictBase64Url.TryDecode(sealedText, out var bytes) || bytes.Length < NonceLength + TagLength)
        {
            return null;
        }

        var plain = new byte[bytes.Length - NonceLength - TagLength];
        return Array.Exists(keys.Value, key => TryDecrypt(key, bytes, plain, Associated(tenantId, streamId, address)))
            ? Encoding.UTF8.GetString(plain)
            : null;
    }

    private static bool TryDecrypt(byte[] key, byte[] bytes, byte[] plain, byte[] associated)
    {
        using var aes = new AesGcm(key, TagLength);
        try
        {
            aes.Decrypt(
                bytes.AsSpan(0, NonceLength), bytes.AsSpan(NonceLength, plain.Length), bytes.AsSpan(NonceLength + plain.Length), plain, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static byte[] Derive(byte[] secret) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Purpose);

    private static byte[] Associated(string tenantId, string streamId, string address) => Encoding.UTF8.GetBytes($"{tenantId}\n{streamId}\n{address}");
}
