using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Accounts;

/// <summary>What administrators, auditors and phones see of accounts.</summary>
internal static class AccountViews
{
    public static OwnAccount ToOwn(this AccountDocument account) =>
        new(account.AccountId, account.ApplicationId, account.ApplicationName.Shown(), account.AccountName.Shown());

    public static AccountDetails ToDetails(this AccountDocument account) => new(
        account.AccountId, account.ApplicationId, account.ApplicationName.Shown(), account.AccountName.Shown(), account.Did, account.Epoch);
}
