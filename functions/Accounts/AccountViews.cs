using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Accounts;

/// <summary>What administrators, auditors and phones see of accounts.</summary>
internal static class AccountViews
{
    /// <summary>Its members for the auditor.</summary>
    public static IReadOnlyDictionary<string, string?> Audited(this AccountDocument account) => new Dictionary<string, string?>
    {
        ["application"] = account.ApplicationName,
        ["applicationId"] = account.ApplicationId,
        ["accountName"] = account.AccountName,
    };

    public static OwnAccount ToOwn(this AccountDocument account) =>
        new(account.AccountId, account.ApplicationId, account.ApplicationName.Shown(), account.AccountName.Shown());

    public static AccountDetails ToDetails(this AccountDocument account) => new(
        account.AccountId, account.ApplicationId, account.ApplicationName.Shown(), account.AccountName.Shown(), account.Did, account.Epoch);
}
