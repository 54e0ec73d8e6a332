using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Accounts;

/// <summary>A user's accounts, page by page: there may be thousands.</summary>
internal sealed class AccountPages(IdentityStore identities)
{
    public const int DefaultPageSize = 100;

    /// <summary>Reads a page of all accounts.</summary>
    /// <param name="key">Whose accounts.</param>
    /// <param name="pageSize">How many; 100 when null.</param>
    /// <param name="after">The document id of the last account of the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<AccountList> ReadAsync(UserKey key, int? pageSize, string? after, CancellationToken cancellationToken)
    {
        var page = await PageAsync(key, new AccountFilter(), pageSize, after, cancellationToken);
        return new AccountList([.. page.Documents.Select(account => account.ToDetails())], Continuations.Encode(page.Next))
        {
            Unreadable = page.Unreadable,
        };
    }

    /// <summary>Reads a page as a phone shows it.</summary>
    public async Task<OwnAccountList> ReadOwnAsync(UserKey key, string? after, CancellationToken cancellationToken)
    {
        var page = await PageAsync(key, new AccountFilter(), DefaultPageSize, after, cancellationToken);
        return new OwnAccountList([.. page.Documents.Select(account => account.ToOwn())], Continuations.Encode(page.Next));
    }

    /// <summary>Reads a page of the accounts that meet a filter, in one query.</summary>
    public Task<DocumentPage<AccountDocument>> PageAsync(
        UserKey key, AccountFilter filter, int? pageSize, string? after, CancellationToken cancellationToken)
    {
        var begin = after ?? AccountDocument.IdOf("");
        return identities.PageAsync<AccountDocument>(
            key,
            $"SELECT * FROM c WHERE c.type = 'account' AND c.id > @after{filter.Condition} ORDER BY c.id",
            [("@after", begin), .. filter.Parameters],
            pageSize ?? DefaultPageSize,
            begin,
            cancellationToken);
    }

    /// <summary>Counts all accounts by application.</summary>
    public Task<IReadOnlyList<PlannedApplication>> CountByApplicationAsync(UserKey key, CancellationToken cancellationToken) =>
        CountByApplicationAsync(key, "c.type = 'account'", [], cancellationToken);

    /// <summary>Counts accounts by application, the largest first. Holds one number for each application, however many accounts there are.</summary>
    public async Task<IReadOnlyList<PlannedApplication>> CountByApplicationAsync(
        UserKey key, string where, IEnumerable<(string Name, object Value)> parameters, CancellationToken cancellationToken)
    {
        var applications = new Dictionary<string, PlannedApplication>();
        var accounts = identities.StreamAsync<AccountOfApplication>(
            key, $"SELECT c.applicationId, c.applicationName FROM c WHERE {where}", parameters, cancellationToken);
        await foreach (var account in accounts)
        {
            var (id, name) = (account.ApplicationId.ToString(), account.ApplicationName.ToString());
            var counted = applications.GetValueOrDefault(id) ?? new PlannedApplication(id, name.Shown(), 0);
            applications[id] = counted with { Accounts = counted.Accounts + 1 };
        }

        return [.. applications.Values
            .OrderByDescending(application => application.Accounts)
            .ThenBy(application => application.ApplicationName, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Whatever the members hold: an account that cannot be read is reset, too.</summary>
    private sealed record AccountOfApplication(JsonElement ApplicationId, JsonElement ApplicationName);
}
