using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Accounts;

/// <summary>The accounts of a user that are chosen to be removed together. They stay chosen when a filter hides them, and that is said.</summary>
internal sealed class ChosenAccounts
{
    /// <summary>Accounts that one removal takes.</summary>
    public const int Most = 100;

    private readonly Dictionary<string, AccountDetails> chosen = [];

    public int Count => chosen.Count;

    public bool IsFull => chosen.Count >= Most;

    /// <summary>By application and name.</summary>
    public IEnumerable<AccountDetails> Accounts => chosen.Values
        .OrderBy(account => account.ApplicationName, StringComparer.OrdinalIgnoreCase)
        .ThenBy(account => account.AccountName, StringComparer.OrdinalIgnoreCase);

    public bool IsChosen(AccountDetails account) => chosen.ContainsKey(account.AccountId);

    public void Set(AccountDetails account, bool isChosen)
    {
        if (!isChosen)
        {
            chosen.Remove(account.AccountId);
        }
        else if (!IsFull)
        {
            chosen[account.AccountId] = account;
        }
    }

    public void Clear() => chosen.Clear();

    /// <summary>Those that are gone.</summary>
    public void Forget(IEnumerable<string> accountIds)
    {
        foreach (var accountId in accountIds)
        {
            chosen.Remove(accountId);
        }
    }

    /// <summary>How many are chosen, and how many of them are not in the list as it is shown; empty for none.</summary>
    public string Say(IReadOnlyCollection<AccountDetails> shown)
    {
        var hidden = chosen.Count - shown.Count(IsChosen);
        return chosen.Count == 0 ? ""
            : $"{Plural.Of(chosen.Count, "account")} chosen{(IsFull ? ", as many as one removal takes" : "")}."
            + (hidden == 0 ? "" : hidden == chosen.Count ? " None of them is in the list as it is filtered." : $" {Plural.Number(hidden)} of them {(hidden == 1 ? "is" : "are")} not in the list as it is filtered.");
    }
}
