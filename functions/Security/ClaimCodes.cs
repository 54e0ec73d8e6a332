using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>What a code that somebody shows says of them.</summary>
internal enum ClaimCodeMatch
{
    /// <summary>Nothing: anybody can make it up.</summary>
    None,

    /// <summary>They know a part of the claim's code: it has the same beginning but a different end.</summary>
    Beginning,

    /// <summary>It is the genuine code of another claim of the user: an earlier one.</summary>
    Replaced,

    /// <summary>It is the claim's code.</summary>
    Current,
}

/// <summary>
/// Derives the code of a claim from its identity and a server key, so that the code can be shown again but is stored nowhere. It is a tag
/// of 72 bits, which names the claim, and an authentication code of 168 bits over the tag and the user: so a code that was ever
/// given out is told from an invented one, though none is stored. The claim remembers the id of its key, so that the key can be
/// changed while claims are out.
/// </summary>
internal sealed class ClaimCodes(IOptions<ClaimCodeOptions> options)
{
    /// <summary>Characters of a code.</summary>
    public const int Length = TagLength + (AuthenticationBytes / 3 * 4);

    // Multiples of three bytes: base64url has no unused bits then, and the two parts can be told apart as text.
    private const int TagBytes = 9;
    private const int TagLength = TagBytes / 3 * 4;
    private const int AuthenticationBytes = 21;

    private static readonly byte[] TagPurpose = Encoding.ASCII.GetBytes("bloksec-claim-tag-v2");
    private static readonly byte[] AuthenticationPurpose = Encoding.ASCII.GetBytes("bloksec-claim-mac-v2");
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
    /// <returns>40 characters of base64url; null when the key was taken out of the configuration.</returns>
    public string? Derive(string keyId, string tenantId, string userId, string claimId, long epoch)
    {
        if (!keys.Value.ById.TryGetValue(keyId, out var key))
        {
            return null;
        }

        var number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, epoch);
        var hash = Hash(key, TagPurpose, Encoding.UTF8.GetBytes(tenantId), Encoding.UTF8.GetBytes(userId), Encoding.UTF8.GetBytes(claimId), number);
        var tag = StrictBase64Url.Encode(hash.AsSpan(0, TagBytes));
        return tag + Authentication(key, tenantId, userId, tag);
    }

    /// <summary>What a code is worth. Takes the same time wherever it differs from the right one.</summary>
    /// <param name="code">The code that was shown.</param>
    /// <param name="tenantId">The tenant it was shown for.</param>
    /// <param name="userId">The user it was shown for.</param>
    /// <param name="current">The code of the user's claim; null when there is none.</param>
    public ClaimCodeMatch Match(string code, string tenantId, string userId, string? current)
    {
        var isCurrent = current is not null & ConstantTime.Equals(current ?? "", code);
        var beginsLikeIt = current is not null & ConstantTime.Equals(Tag(current ?? ""), Tag(code));
        var isGenuine = IsGenuine(code, tenantId, userId);
        return (isCurrent, isGenuine, beginsLikeIt) switch
        {
            (true, _, _) => ClaimCodeMatch.Current,
            (_, true, _) => ClaimCodeMatch.Replaced,
            (_, _, true) => ClaimCodeMatch.Beginning,
            _ => ClaimCodeMatch.None,
        };
    }

    /// <summary>The beginning of a code, which tells its claim from others and redeems nothing.</summary>
    public static string Tag(string code) => code[..Math.Min(TagLength, code.Length)];

    private bool IsGenuine(string code, string tenantId, string userId)
    {
        var isGenuine = false;
        foreach (var key in keys.Value.ById.Values)
        {
            isGenuine |= ConstantTime.Equals(Tag(code) + Authentication(key, tenantId, userId, Tag(code)), code);
        }

        return isGenuine & code.Length == Length;
    }

    private static string Authentication(byte[] key, string tenantId, string userId, string tag) => StrictBase64Url.Encode(Hash(
        key, AuthenticationPurpose, Encoding.UTF8.GetBytes(tenantId), Encoding.UTF8.GetBytes(userId), Encoding.UTF8.GetBytes(tag))
        .AsSpan(0, AuthenticationBytes));

    private static byte[] Hash(byte[] key, params ReadOnlySpan<byte[]> parts)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var part in parts)
        {
            Append(hmac, part);
        }

        return hmac.GetHashAndReset();
    }

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
