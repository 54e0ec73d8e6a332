using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Accounts;

/// <summary>A user's accounts, page by page: there may be thousands.</summary>
internal sealed class AccountPages(IdentityStore identities)
{
    public const int DefaultPageSize = 100;

    /// <summary>Reads a page.</summary>
    /// <param name="key">Whose accounts.</param>
    /// <param name="pageSize">How many; 100 when null.</param>
    /// <param name="after">The document id of the last account of the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<AccountList> ReadAsync(UserKey key, int? pageSize, string? after, CancellationToken cancellationToken)
    {
        var (accounts, more) = await identities.FirstPageAsync<AccountDocument>(
            key,
            "SELECT * FROM c WHERE c.type = 'account' AND c.id > @after ORDER BY c.id",
            [("@after", after ?? "")],
            pageSize ?? DefaultPageSize,
            cancellationToken);
        return new AccountList(
            [.. accounts.Select(account => account.ToDetails())], more && accounts is [.., var last] ? Continuations.Encode(last.Id) : null);
    }
}
