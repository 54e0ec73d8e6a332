using System.Text.Json;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.SignIns;

/// <summary>A user's sign-in requests, page by page, newest first.</summary>
internal sealed class SignInPages(IdentityStore identities)
{
    private const char Separator = '|';

    /// <summary>Comes after the position of every request.</summary>
    private static readonly string End = $"{AuthenticationRequestDocument.IdOf("~")}{Separator}9999";

    /// <summary>Reads where a page begins from its continuation.</summary>
    public static bool TryDecode(string? continuation, out string? after) =>
        Continuations.TryDecodeId(continuation, AuthenticationRequestDocument.IdOf(""), out after)
        && after?.Contains(Separator, StringComparison.Ordinal) != false;

    /// <summary>Reads a page.</summary>
    /// <param name="key">Whose requests.</param>
    /// <param name="filter">Which.</param>
    /// <param name="pageSize">How many.</param>
    /// <param name="after">The position of the last request of the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<DocumentPage<AuthenticationRequestDocument>> ReadAsync(
        UserKey key, SignInFilter filter, int pageSize, string? after, CancellationToken cancellationToken)
    {
        var begin = after ?? End;
        var separator = begin.IndexOf(Separator, StringComparison.Ordinal);
        return identities.PageAsync<AuthenticationRequestDocument>(
            key,
            $"""
            SELECT * FROM c WHERE {filter.Condition} AND c.issuedAt <= @at AND (c.issuedAt < @at OR c.id < @id)
            ORDER BY c.issuedAt DESC, c.id DESC
            """,
            [.. filter.Parameters, ("@at", begin[(separator + 1)..]), ("@id", begin[..separator])],
            pageSize,
            begin,
            PositionOf,
            cancellationToken);
    }

    /// <summary>The condition makes sure that both are texts.</summary>
    private static string PositionOf(JsonElement document) =>
        $"{document.GetProperty("id").GetString()}{Separator}{document.GetProperty("issuedAt").GetString()}";
}
