using BlokSec.Contracts;
using BlokSec.Functions.Applications;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>Reads what the decision on a sign-in request needs of the user, and tells which account signs in.</summary>
internal sealed class AskedUsers(IdentityStore identities)
{
    /// <summary>Documents that one request looks at: all devices, and as many requests and accounts as matter.</summary>
    private const int MostRead = 500;

    /// <summary>Reads the user in one request, and in another one whether there was an account when there is none.</summary>
    public async Task<AskedUser> ReadAsync(UserKey key, string hint, AskingApplication application, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryFirstAsync(
            key,
            """
            c.id IN (@user, @guard, @alert) OR (c.type = 'device' AND c.state = 'active')
            OR (c.type = 'authenticationRequest' AND c.status = 'pending')
            OR (c.type = 'account' AND c.applicationId = @application)
            OR (c.type = 'operation' AND c.status IN ('notStarted', 'running', 'failed'))
            """,
            [
                ("@user", UserDocument.DocumentId),
                ("@guard", SignInGuardDocument.DocumentId),
                ("@alert", AlertDocument.IdOf(AuditActions.SignInsHeldBack)),
                ("@application", application.ApplicationId),
            ],
            MostRead,
            cancellationToken);
        if (snapshot.User is not { } user)
        {
            return new AskedUser(snapshot, Account: null);
        }

        if (snapshot.More && !snapshot.Accounts.Exists(account => account.AccountName == hint))
        {
            // So many accounts in one application that not all were read: the one that is named is looked up.
            snapshot.Accounts.AddRange(await NamedAsync(key, hint, application, cancellationToken));
        }

        var accounts = snapshot.Accounts.ToLookup(account => !snapshot.Operations.Exists(operation => operation.Accounts?.Covers(account) == true));
        var (there, leaving) = (accounts[true].ToArray(), accounts[false]);
        var account = Array.Find(there, account => account.AccountName == hint) ?? (IsUser(user, hint) && there is [var only] ? only : null);
        return new AskedUser(snapshot, account)
        {
            IsRemoved = account is null
                && (leaving.Any(account => there.Length == 0 || account.AccountName == hint)
                    || await WasThereAsync(key, there.Length == 0 ? null : hint, application, cancellationToken)),
        };
    }

    /// <summary>Whether the hint names the user, and not only an account.</summary>
    private static bool IsUser(UserDocument user, string hint) =>
        user.UserId == hint || string.Equals(user.Email, hint, StringComparison.OrdinalIgnoreCase);

    private async Task<IReadOnlyList<AccountDocument>> NamedAsync(
        UserKey key, string name, AskingApplication application, CancellationToken cancellationToken)
    {
        var (found, _) = await identities.FirstPageAsync<AccountDocument>(
            key,
            "SELECT * FROM c WHERE c.type = 'account' AND c.applicationId = @application AND c.accountName = @name",
            [("@application", application.ApplicationId), ("@name", name)],
            pageSize: 1,
            cancellationToken);
        return found;
    }

    /// <summary>Whether the user had an account of this name, or any, in the application.</summary>
    private async Task<bool> WasThereAsync(UserKey key, string? name, AskingApplication application, CancellationToken cancellationToken)
    {
        var (found, _) = await identities.FirstPageAsync<string>(
            key,
            $"SELECT VALUE c.id FROM c WHERE c.type = 'removedAccount' AND c.applicationId = @application{(name is null ? "" : " AND c.accountName = @name")}",
            [("@application", application.ApplicationId), .. name is null ? [] : (IEnumerable<(string, object)>)[("@name", name)]],
            pageSize: 1,
            cancellationToken);
        return found.Count > 0;
    }
}

/// <summary>A user as a sign-in request finds him.</summary>
/// <param name="Snapshot">What the decision needs.</param>
/// <param name="Account">
/// The account that signs in; null when the user has none in the application, or several of which the hint names none. One that is being
/// removed is none any more.
/// </param>
internal sealed record AskedUser(PartitionSnapshot Snapshot, AccountDocument? Account)
{
    /// <summary>Whether there is no account because it was removed.</summary>
    public bool IsRemoved { get; init; }
}
