using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
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

    /// <summary>
    /// Reads a token of the database's client: a JSON array of objects, one for each range of partitions that is not read to its end, or an
    /// object around the token of a query that one partition answers alone. Parts of it travel in a header, so it is ASCII.
    /// </summary>
    public static bool TryDecodeToken(string? continuation, out string? token) =>
        TryDecode(continuation, out token)
        && (token is null || (!token.AsSpan().ContainsAnyExceptInRange(' ', '~') && IsOfItsForm(token)));

    /// <summary>Reads where a list of documents whose ids share a prefix continues, in the order of ids.</summary>
    public static bool TryDecodeId(string? continuation, string begin, out string? id) =>
        TryDecode(continuation, out id) && id?.StartsWith(begin, StringComparison.Ordinal) != false;

    /// <summary>
    /// Whether an exception of a query with a token means the token: the database or its client refused it by name. An outage and a fault of
    /// the query are none of these.
    /// </summary>
    public static bool IsRefused(Exception exception) => exception is CosmosException { StatusCode: HttpStatusCode.BadRequest } refused
        && refused.Message.Contains("continuation", StringComparison.OrdinalIgnoreCase);

    private static bool IsOfItsForm(string token)
    {
        try
        {
            using var json = JsonDocument.Parse(token);
            var parts = json.RootElement.ValueKind switch
            {
                JsonValueKind.Array => json.RootElement.EnumerateArray().Select(range => range.ValueKind).ToList(),
                JsonValueKind.Object => [.. json.RootElement.EnumerateObject().Select(member => member.Value.ValueKind)],
                _ => [],
            };
            return parts.Count > 0 && parts.TrueForAll(part => part == JsonValueKind.Object);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
