using System.Security.Cryptography;
using System.Text;

namespace BlokSec.Functions.Identities;

/// <summary>Ids of what a request makes, such as an operation: 32 hexadecimal digits.</summary>
internal static class RequestIds
{
    /// <summary>A new id; derived from the idempotency key when there is one, so that the same key gives the same operation.</summary>
    /// <param name="key">Whose partition.</param>
    /// <param name="administrator">Who asks: two administrators' keys never meet.</param>
    /// <param name="idempotencyKey">The <c>Idempotency-Key</c> header.</param>
    /// <param name="now">The time, which new ids sort by.</param>
    public static string For(UserKey key, string administrator, string? idempotencyKey, DateTimeOffset now) =>
        idempotencyKey is null ? Guid.CreateVersion7(now).ToString("N") : Hash(key.TenantId, key.UserId, administrator, idempotencyKey)[..32];

    /// <summary>Tells one request from another.</summary>
    public static string Fingerprint(params ReadOnlySpan<string?> parts) => Hash(parts);

    private static string Hash(params ReadOnlySpan<string?> parts)
    {
        // Lengths keep ("ab","c") apart from ("a","bc").
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part?.Length ?? -1).Append(':').Append(part).Append('|');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
