using System.Buffers.Text;
using System.Net;
using System.Text;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Identities;

/// <summary>
/// Continuation tokens as they travel in addresses. They only say where a list goes on: the tenant is in every query, so a token
/// from elsewhere finds nothing that its bearer may not see.
/// </summary>
internal static class Continuations
{
    private const int MaxLength = 8192;

    public static string? Encode(string? token) => token is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token));

    public static bool TryDecode(string? continuation, out string? token)
    {
        token = null;
        if (string.IsNullOrEmpty(continuation))
        {
            return true;
        }

        if (continuation.Length > MaxLength || !Base64Url.IsValid(continuation))
        {
            return false;
        }

        token = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(continuation));
        return true;
    }

    /// <summary>Where a list in the order of ids goes on; null when this page is the last.</summary>
    public static string? After<T>(IReadOnlyList<T> page, bool more)
        where T : IdentityDocument => more && page is [.., var last] ? Encode(last.Id) : null;

    /// <summary>Reads what <see cref="After"/> gave for a list of documents whose ids begin alike.</summary>
    public static bool TryDecodeId(string? continuation, string begin, out string? id) =>
        TryDecode(continuation, out id) && id?.StartsWith(begin, StringComparison.Ordinal) != false;

    /// <summary>Whether the database refused the token, rather than the work.</summary>
    public static bool IsRefused(Exception exception) => exception is CosmosException { StatusCode: HttpStatusCode.BadRequest };
}
