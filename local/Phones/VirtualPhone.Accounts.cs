using BlokSec.Contracts;

namespace BlokSec.Local.Phones;

/// <content>The user's accounts: told with the status when their version is another one, so that removed ones are dropped.</content>
internal sealed partial class VirtualPhone
{
    private const string AccountsPath = "mobile/accounts";

    /// <summary>The status, asked for with the version of the accounts that the app knows; -1 for none.</summary>
    private string StatusCall(PhoneRegistration registration) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{StatusPath}?accountsVersion={AccountsOf(registration)?.Version ?? -1}");

    private KnownAccounts? AccountsOf(PhoneRegistration registration) =>
        State.Accounts is { } known && known.DeviceId == registration.DeviceId ? known : null;

    /// <summary>Takes what the status told in place of what the app knew. An app that cannot read all pages asks for all of them at its next check-in.</summary>
    private async Task TakeAccountsAsync(PhoneRegistration registration, DeviceStatus status, CancellationToken cancellationToken)
    {
        if (status.Accounts is not { } page)
        {
            return;
        }

        var accounts = page.Accounts.ToList();
        while (page.Continuation is { } continuation && accounts.Count < KnownAccounts.Most)
        {
            var answer = await CallAsync(
                HttpMethod.Get, $"{AccountsPath}?continuation={Uri.EscapeDataString(continuation)}", registration.Signer, null, cancellationToken);
            if (!answer.IsSuccess || answer.Read<OwnAccountList>() is not { } next)
            {
                Note($"The accounts could not be read to their end: {answer}.");
                return;
            }

            accounts.AddRange(next.Accounts);
            page = next;
        }

        var known = new KnownAccounts(registration.DeviceId, status.AccountsVersion, accounts, page.Continuation is not null);
        Change(What(AccountsOf(registration), known), now => now with { Accounts = known });
    }

    private static string What(KnownAccounts? before, KnownAccounts now) => before is null
        ? $"The app shows {Count(now)}."
        : $"The accounts have changed: {before.Accounts.ExceptBy(now.Accounts.Select(account => account.AccountId), account => account.AccountId).Count()} dropped,"
            + $" {now.Accounts.ExceptBy(before.Accounts.Select(account => account.AccountId), account => account.AccountId).Count()} new. The app shows {Count(now)}.";

    private static string Count(KnownAccounts known) => known switch
    {
        { More: true } => $"the first {known.Accounts.Count} accounts",
        { Accounts.Count: 1 } => "1 account",
        _ => $"{known.Accounts.Count} accounts",
    };
}
