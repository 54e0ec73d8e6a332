using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Unicode;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Identities;

/// <summary>
/// Continuation tokens as they travel in addresses. They only say where a list continues: the tenant is in every query, so a token
/// from elsewhere finds nothing that its bearer may not see.
/// </summary>
internal static class Continuations
{
    private const int MaxLength = 8192;

    public static string? Encode(string? token) => token is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token));

    private static bool TryDecode(string? continuation, out string? token)
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

        var bytes = Base64Url.DecodeFromChars(continuation);
        token = Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        return token is not null && !token.Contains('\0', StringComparison.Ordinal);
    }

    /// <summary>Reads a token of the database, which travels in a header and so is ASCII.</summary>
    public static bool TryDecodeToken(string? continuation, out string? token) =>
        TryDecode(continuation, out token) && token?.AsSpan().ContainsAnyExceptInRange(' ', '~') != true;

    /// <summary>Reads where a list of documents whose ids share a prefix continues, in the order of ids.</summary>
    public static bool TryDecodeId(string? continuation, string begin, out string? id) =>
        TryDecode(continuation, out id) && id?.StartsWith(begin, StringComparison.Ordinal) != false;

    /// <summary>
    /// Whether an exception of a query with a token means the token: the database refused it by name, or its client could not read it, for which
    /// it throws whatever its parsers throw. An outage and a fault of the query are none of these.
    /// </summary>
    public static bool IsRefused(Exception exception) => exception is
        CosmosException { StatusCode: HttpStatusCode.BadRequest } refused
            ? refused.Message.Contains("continuation", StringComparison.OrdinalIgnoreCase) || refused.Message.Contains("JSON", StringComparison.Ordinal)
            : exception is ArgumentException or FormatException or OverflowException or InvalidCastException or KeyNotFoundException
        or NullReferenceException or IndexOutOfRangeException or NotSupportedException or NotImplementedException or InvalidOperationException
        or System.Text.Json.JsonException or Newtonsoft.Json.JsonException;
}
