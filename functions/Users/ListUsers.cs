using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
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
    /// <param name="administrator">Who asks; only users of the same tenant are found.</param>
    /// <param name="search">Part of a name, an email address or a mobile number, in any case.</param>
    /// <param name="pageSize">How many users to answer with: 1 to 200, 50 unless told.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [ProducesResponseType<UserList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        Administrator administrator,
        [StringLength(100, ErrorMessage = "is at most 100 characters")] string? search,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecode(continuation, out var token))
        {
            return Problems.InvalidContinuation();
        }

        var words = (search ?? "").ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var parameters = words.Select((word, index) => ($"@word{index}", (object)word)).ToArray();
        var conditions = parameters.Select(parameter => $" AND CONTAINS(c.searchText, {parameter.Item1})");
        try
        {
            var (users, next) = await identities.TenantPageAsync<UserDocument>(
                administrator.TenantId,
                $"SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'user'{string.Concat(conditions)} ORDER BY c.sortName",
                parameters,
                pageSize ?? DefaultPageSize,
                token,
                cancellationToken);
            return TypedResults.Ok(new UserList([.. users.Select(user => user.ToSummary())], Continuations.Encode(next)));
        }
        catch (Exception exception) when (token is not null && Continuations.IsRefused(exception))
        {
            return Problems.InvalidContinuation();
        }
    }
}
