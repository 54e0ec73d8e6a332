using System.Net;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Demo;
using BlokSec.Local.Phones;
using BlokSec.Local.SignIn;

namespace BlokSec.Functions.Tests.AuthenticationRequests;

/// <summary>What tests of sign-in requests share: applications, their users and the phones.</summary>
internal static class SignInTest
{
    public static readonly DemoApplication Payroll = DemoApplication.Defaults[0];

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static ApplicationClient Application(this TestCloud test, DemoApplication? application = null, Uri? instance = null) =>
        new(instance ?? test.Cloud.ApiAddress, test.Cloud.SignIn.Address, application ?? Payroll);

    /// <summary>The token of an application that has the client id of Payroll, in any tenant.</summary>
    public static string PayrollToken(this OpenCloud cloud, string tenant) => cloud.Issuer.Token(new TokenClaims
    {
        Subject = "payroll",
        Tenant = tenant,
        Roles = ["Authentication.Request"],
        Scope = null,
        Further = new Dictionary<string, object> { ["idtyp"] = "app", ["azp"] = Payroll.ClientId },
    });

    /// <summary>The email address of a test's user, which is the name of the accounts as well.</summary>
    public static string Hint(TestUser user) => user.UserId;

    public static async Task<AuthenticationRequestAcknowledgement> AskAsync(this TestCloud test, TestUser user, int? expiry = null)
    {
        using var application = test.Application();
        return await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user), RequestedExpiry = expiry }, Stop);
    }

    /// <summary>The code of the problem that an answer is; null when it is none.</summary>
    public static async Task<(HttpStatusCode Status, string? Code)> CodeAsync(Task<HttpResponseMessage> asking)
    {
        using var response = await asking;
        var body = await response.Content.ReadAsStringAsync(Stop);
        return (response.StatusCode, response.IsSuccessStatusCode ? null : JsonElement.Parse(body).GetProperty("code").GetString());
    }

    /// <summary>Opens the app and takes the request that it shows.</summary>
    public static async Task<WaitingRequest> ShownAsync(VirtualPhone phone)
    {
        await phone.OpenAppAsync(Stop);
        return phone.State.SignIns is [var request, ..] ? request : throw new InvalidOperationException("The phone shows no sign-in request.");
    }
}
