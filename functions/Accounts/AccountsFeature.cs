namespace BlokSec.Functions.Accounts;

/// <summary>The user's logins in applications, and the DID bound to them.</summary>
internal static class AccountsFeature
{
    public static void AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccountPages>();
        builder.Services.AddSingleton<AccountRemovalRequests>();
    }
}
