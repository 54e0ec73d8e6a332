using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>
/// Derives the code of a claim from its identity and a server key, so that the code can be shown again but is stored nowhere. 160 bits of
/// HMAC-SHA256. The claim remembers the id of its key, so that the key can be changed while claims are out.
/// </summary>
internal sealed class ClaimCodes(IOptions<ClaimCodeOptions> options)
{
    /// <summary>Characters of a code.</summary>
    public const int Length = 27;

    private const int CodeBytes = 20;

    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("bloksec-claim-v1");
    private static readonly byte[] KeyIdPurpose = Encoding.ASCII.GetBytes("bloksec-claim-key-id-v1");

    private readonly Lazy<Keys> keys = new(() => Load(options.Value));

    /// <summary>The id of the key for new claims; 8 characters of base64url, tells nothing about the key.</summary>
    public string CurrentKeyId => keys.Value.CurrentId;

    /// <summary>The code of a claim.</summary>
    /// <param name="keyId">The id of the key that was current when the claim was made.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="userId">The user.</param>
    /// <param name="claimId">The claim.</param>
    /// <param name="epoch">The user's epoch when the claim was made.</param>
    /// <returns>27 characters of base64url; null when the key was taken out of the configuration.</returns>
    public string? Derive(string keyId, string tenantId, string userId, string claimId, long epoch)
    {
        if (!keys.Value.ById.TryGetValue(keyId, out var key))
        {
            return null;
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Append(hmac, Purpose);
        Append(hmac, Encoding.UTF8.GetBytes(tenantId));
        Append(hmac, Encoding.UTF8.GetBytes(userId));
        Append(hmac, Encoding.UTF8.GetBytes(claimId));
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, epoch);
        Append(hmac, number);
        return StrictBase64Url.Encode(hmac.GetHashAndReset().AsSpan(0, CodeBytes));
    }

    /// <summary>Whether the code is that of the claim; takes the same time wherever it differs.</summary>
    public bool Matches(string code, string keyId, string tenantId, string userId, string claimId, long epoch) =>
        Derive(keyId, tenantId, userId, claimId, epoch) is { } expected && ConstantTime.Equals(expected, code);

    // Each part after its length: no two lists of parts give the same bytes.
    private static void Append(IncrementalHash hmac, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hmac.AppendData(length);
        hmac.AppendData(part);
    }

    private static Keys Load(ClaimCodeOptions options)
    {
        var current = Convert.FromBase64String(options.Key);
        var byId = options.PreviousKeys.Select(Convert.FromBase64String).Append(current)
            .DistinctBy(IdOf)
            .ToDictionary(IdOf);
        return new Keys(IdOf(current), byId);
    }

    private static string IdOf(byte[] key) => StrictBase64Url.Encode(HMACSHA256.HashData(key, KeyIdPurpose).AsSpan(0, 6));

    private sealed record Keys(string CurrentId, IReadOnlyDictionary<string, byte[]> ById);
}
