using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>The accounts that a person gets on arrival.</summary>
internal sealed partial class UserDirectory
{
    /// <summary>What the query below finds at most: the applications, and of each account those who have its name.</summary>
    private const int MostFound = 500;

    /// <summary>
    /// Makes the accounts of a new user, or says why not: one query whatever their number. What others do at the same moment is not seen, as when
    /// an account is added later: a name that two have finds neither of them.
    /// </summary>
    private async Task<(UserAnswer? Refusal, IReadOnlyList<AccountDocument> Documents)> AccountsAsync(
        UserDocument user, IReadOnlyList<NewAccount> accounts, CancellationToken cancellationToken)
    {
        if (accounts.Count == 0)
        {
            return (null, []);
        }

        var found = await FindAsync(user, accounts, cancellationToken);
        var documents = new List<AccountDocument>();
        foreach (var (index, account) in accounts.Index())
        {
            var application = found.FirstOrDefault(one => one.ApplicationId == account.ApplicationId && one.AccountName is null);
            var fault = application is null ? UserFault.NoSuchApplication
                : application.State != ApplicationState.Enabled ? UserFault.ApplicationDisabled
                : found.Any(other => other.ApplicationId == account.ApplicationId && other.AccountName == account.AccountName) ? UserFault.AccountInUse
                : UserFault.None;
            if (fault != UserFault.None)
            {
                return (new UserAnswer(fault) { FaultyAccount = index }, []);
            }

            documents.Add(Document(user, application!, account));
        }

        return (null, documents);
    }

    private static AccountDocument Document(UserDocument user, FoundName application, NewAccount account)
    {
        var accountId = Guid.CreateVersion7(user.CreatedAt).ToString("N");
        return new AccountDocument
        {
            Id = AccountDocument.IdOf(accountId),
            TenantId = user.TenantId,
            UserId = user.UserId,
            AccountId = accountId,
            ApplicationId = account.ApplicationId,
            ApplicationName = application.Name ?? account.ApplicationId,
            AccountName = account.AccountName,
            Epoch = user.Epoch,
            AddedAt = user.CreatedAt,
            AddedIn = user.AccountsVersion,
        };
    }

    /// <summary>The applications, and the accounts of others with these names in them.</summary>
    private Task<IReadOnlyList<FoundName>> FindAsync(UserDocument user, IReadOnlyList<NewAccount> accounts, CancellationToken cancellationToken)
    {
        var numbers = Enumerable.Range(0, accounts.Count).ToArray();
        var applications = string.Join(", ", numbers.Select(number => $"@application{number}"));
        var names = string.Join(" OR ", numbers.Select(number => $"(c.applicationId = @application{number} AND c.accountName = @name{number})"));
        return identities.TenantFirstAsync<FoundName>(
            user.TenantId,
            $"""
            SELECT c.applicationId, c.name, c.state, c.accountName FROM c WHERE c.tenantId = @tenantId
            AND ((c.type = 'application' AND c.applicationId IN ({applications})) OR (c.type = 'account' AND c.userId != @user AND ({names})))
            """,
            [
                ("@user", user.UserId),
                .. accounts.Select((account, number) => ($"@application{number}", (object)account.ApplicationId)),
                .. accounts.Select((account, number) => ($"@name{number}", (object)account.AccountName)),
            ],
            MostFound,
            cancellationToken);
    }

    /// <summary>An application, or an account.</summary>
    private sealed record FoundName(string? ApplicationId, string? Name, ApplicationState? State, string? AccountName);
}
