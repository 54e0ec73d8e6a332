using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Users;

/// <summary>Lists the tenant's users by name; searches name, email and mobile.</summary>
internal sealed class ListUsers(IdentityStore identities)
{
    private const int DefaultPageSize = 50;

    private const int MaxPageSize = 200;

    /// <inheritdoc cref="ListUsers"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only users of the same tenant are found.</param>
    /// <param name="search">Parts of a name, an email address or a mobile number, in any case, order and punctuation, with or without accents.</param>
    /// <param name="pageSize">How many users to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListUsers))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<UserList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users")] HttpContext context,
        Administrator administrator,
        [StringLength(100, ErrorMessage = "is at most 100 characters")] string? search,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeToken(continuation, out var token))
        {
            return Problems.InvalidContinuation();
        }

        var (condition, parameters) = Condition(search ?? "");
        try
        {
            var page = await identities.TenantPageAsync<UserDocument>(
                administrator.TenantId,
                $"SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'user'{condition} ORDER BY c.sortName",
                parameters,
                pageSize ?? DefaultPageSize,
                token,
                cancellationToken);
            return TypedResults.Ok(new UserList([.. page.Documents.Select(user => user.ToSummary())], Continuations.Encode(page.Next))
            {
                Unreadable = page.Unreadable,
            });
        }
        catch (Exception exception) when (token is not null && Continuations.IsRefused(exception))
        {
            return Problems.InvalidContinuation();
        }
    }

    /// <summary>
    /// All words in the stored form, or all words as they were typed: documents that were stored before the form existed hold the text in lower
    /// case only. The app stores the form whenever it writes the user.
    /// </summary>
    private static (string Text, IReadOnlyList<(string, object)> Parameters) Condition(string search)
    {
        var parameters = new List<(string Name, object Word)>();
        IReadOnlyList<string>[] forms =
        [
            SearchText.Query(search),
            search.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        ];
        var conditions = forms
            .Where(words => words.Count > 0)
            .DistinctBy(words => string.Join(' ', words))
            .Select(words => string.Join(" AND ", words.Select(word => $"CONTAINS(c.searchText, {Parameter(word)})")))
            .ToArray();
        return (conditions.Length == 0 ? "" : $" AND (({string.Join(") OR (", conditions)}))", parameters);

        string Parameter(string word)
        {
            var name = $"@word{parameters.Count}";
            parameters.Add((name, word));
            return name;
        }
    }
}
