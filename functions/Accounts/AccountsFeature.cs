using BlokSec.Functions.Hosting;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Accounts;

/// <summary>The user's logins in applications, and the DID bound to them.</summary>
internal static class AccountsFeature
{
    public static void AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccountPages>();
        builder.Services.AddSingleton<ListAccounts>();
        builder.Services.AddSingleton<ResetDid>();
    }

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        app.MapHttp<ListAccounts>(HttpMethods.Get, "users/{userId}/accounts").RequireAuthorization(AdminPolicies.UsersRead);
        app.MapQueue<ResetDid, DidResetMessage>(Queues.DidResets);
    }
}
