using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>Which accounts of a user an operation removes.</summary>
/// <param name="Kind">All, those of an application, or single ones.</param>
/// <param name="ApplicationId">The application that the accounts are of; null for all.</param>
/// <param name="AccountIds">The accounts; null unless it is about single ones.</param>
/// <param name="Version">The <see cref="UserDocument.AccountsVersion"/> of the decision: accounts that were added later stay.</param>
internal sealed record AccountScope(AccountScopeKind Kind, string? ApplicationId, IReadOnlyList<string>? AccountIds, long Version)
{
    /// <summary>The same as a condition over <c>c</c>.</summary>
    public string Condition => "c.type = 'account' AND (NOT IS_NUMBER(c.addedIn) OR c.addedIn <= @version)"
        + (ApplicationId is null ? "" : " AND c.applicationId = @application")
        + (AccountIds is null ? "" : $" AND c.id IN ({string.Join(", ", Ids.Select(id => id.Name))})");

    /// <summary>Values of the condition's parameters.</summary>
    public IEnumerable<(string Name, object Value)> Parameters =>
        [("@version", Version), .. ApplicationId is null ? [] : (IEnumerable<(string, object)>)[("@application", ApplicationId)], .. Ids];

    private IEnumerable<(string Name, object Value)> Ids =>
        (AccountIds ?? []).Select((id, index) => ($"@account{index}", (object)AccountDocument.IdOf(id)));

    /// <summary>Whether it covers this account.</summary>
    public bool Covers(AccountDocument account) => !(account.AddedIn > Version) && Covers(account.ApplicationId, account.AccountId);

    /// <summary>Whether it covers an account with these ids, unless that was added later.</summary>
    public bool Covers(string applicationId, string accountId) =>
        (ApplicationId ?? applicationId) == applicationId && (AccountIds is null || AccountIds.Contains(accountId));
}
