using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

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
        var begin = after ?? AccountDocument.IdOf("");
        var page = await identities.PageAsync<AccountDocument>(
            key,
            "SELECT * FROM c WHERE c.type = 'account' AND c.id > @after ORDER BY c.id",
            [("@after", begin)],
            pageSize ?? DefaultPageSize,
            begin,
            cancellationToken);
        return new AccountList([.. page.Documents.Select(account => account.ToDetails())], Continuations.Encode(page.Next))
        {
            Unreadable = page.Unreadable,
        };
    }

    /// <summary>Counts the accounts by application, the largest first. Holds one number for each application, however many accounts there are.</summary>
    public async Task<IReadOnlyList<PlannedApplication>> CountByApplicationAsync(UserKey key, CancellationToken cancellationToken)
    {
        var applications = new Dictionary<string, PlannedApplication>();
        var accounts = identities.StreamAsync<AccountOfApplication>(
            key, "SELECT c.applicationId, c.applicationName FROM c WHERE c.type = 'account'", [], cancellationToken);
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
