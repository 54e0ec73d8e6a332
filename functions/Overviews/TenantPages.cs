using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Overviews;

/// <summary>Lists over all users of a tenant by time, the newest first, page by page; the next page begins after the last document's time and id.</summary>
internal static class TenantPages
{
    public const int DefaultPageSize = 50;

    public const int MaxPageSize = 200;

    public const string PageSizeFault = "is 1 to 200";

    private const char Separator = '|';

    /// <summary>Reads where a page begins from its continuation.</summary>
    /// <param name="continuation">As the page before gave it.</param>
    /// <param name="begin">How the ids of the list begin.</param>
    /// <param name="after">The position; null for the first page.</param>
    public static bool TryDecode(string? continuation, string begin, out string? after) =>
        Continuations.TryDecodeId(continuation, begin, out after) && after?.Contains(Separator, StringComparison.Ordinal) != false;

    /// <summary>Reads a page. The order needs a composite index of the time and the id.</summary>
    /// <param name="identities">The store.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="condition">Which documents, over <c>c</c>.</param>
    /// <param name="parameters">Values of its parameters.</param>
    /// <param name="member">The member that holds the time, as text in UTC.</param>
    /// <param name="begin">How the ids of the list begin.</param>
    /// <param name="pageSize">How many.</param>
    /// <param name="after">The position of the last document of the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<DocumentPage<T>> ReadNewestAsync<T>(
        this IdentityStore identities,
        string tenantId,
        string condition,
        IEnumerable<(string Name, object Value)> parameters,
        string member,
        string begin,
        int pageSize,
        string? after,
        CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        var from = after ?? $"{begin}~{Separator}9999";
        var separator = from.IndexOf(Separator, StringComparison.Ordinal);
        return identities.TenantPageAsync<T>(
            tenantId,
            $"""
            SELECT * FROM c WHERE c.tenantId = @tenantId AND {condition} AND c.{member} <= @at AND (c.{member} < @at OR c.id < @id)
            ORDER BY c.{member} DESC, c.id DESC
            """,
            [.. parameters, ("@at", from[(separator + 1)..]), ("@id", from[..separator])],
            pageSize,
            from,
            // The condition makes sure that both are texts.
            document => $"{IdentityStore.IdOf(document)}{Separator}{document.GetProperty(member).GetString()}",
            cancellationToken);
    }
}
