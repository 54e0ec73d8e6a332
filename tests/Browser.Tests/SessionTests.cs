using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>The administrator's session ends while the console is open.</summary>
[Collection<TenantPages>]
public sealed class SessionTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task What_was_typed_in_a_removal_is_there_again_after_signing_in_again()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.Trash(user.Phones[0]).ClickAsync();
        await Expect(visit.Page.GetByTestId("plan")).ToBeVisibleAsync();
        await ExpireAsync(visit);

        await visit.Page.OpenDialog().GetByLabel("to confirm").FillAsync("remove device");
        await visit.Page.OpenDialog().GetByLabel("Reason").FillAsync("left in a taxi");
        await visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Remove device", Exact = true }).ClickAsync();
        await Expect(visit.Page.OpenDialog()).ToContainTextAsync("Your session has ended");
        await visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Sign in again" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = Visit.Alice }).ClickAsync();

        await Expect(visit.Page.GetByTestId("resumed")).ToBeVisibleAsync();
        await Expect(visit.Page.OpenDialog().GetByLabel("to confirm")).ToHaveValueAsync("remove device");
        await Expect(visit.Page.OpenDialog().GetByLabel("Reason")).ToHaveValueAsync("left in a taxi");
        await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(2);
        await visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Remove device", Exact = true }).ClickAsync();
        await Expect(visit.Page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
        await Expect(visit.Page.GetByTestId("operation")).ToContainTextAsync("left in a taxi");
    }

    [Fact]
    public async Task What_was_typed_when_a_user_leaves_is_there_again_after_signing_in_again()
    {
        var user = await Cloud.NewUserAsync(phones: 1, accounts: 3);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.GetByText("User is leaving the organization").ClickAsync();
        await page.Button("Remove all accounts").ClickAsync();
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await ExpireAsync(visit);

        await page.ConfirmAsync("remove accounts", "Remove accounts", "left the company");
        await SignInAgainAsync(visit);

        await Expect(page.GetByTestId("resumed")).ToBeVisibleAsync();
        await Expect(page.OpenDialog().GetByLabel("to confirm")).ToHaveValueAsync("remove accounts");
        await Expect(page.OpenDialog().GetByLabel("Reason")).ToHaveValueAsync("left the company");
        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Remove accounts", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("Removed all accounts");
    }

    [Fact]
    public async Task Chosen_accounts_and_what_was_typed_are_there_again_after_signing_in_again()
    {
        var user = await Cloud.NewUserAsync(phones: 1, accounts: 3);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.GetByTestId("choose-account").Nth(0).CheckAsync();
        await page.GetByTestId("choose-account").Nth(1).CheckAsync();
        await page.GetByTestId("remove-chosen").ClickAsync();
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await ExpireAsync(visit);

        await page.ConfirmAsync("remove accounts", "Remove accounts", "moved");
        await SignInAgainAsync(visit);

        await Expect(page.GetByTestId("plan-accounts").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await Expect(page.OpenDialog().GetByLabel("Reason")).ToHaveValueAsync("moved");
        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Remove accounts", Exact = true }).ClickAsync();
        await Expect(page.Locator("#accounts-title")).ToContainTextAsync("1");
    }

    [Fact]
    public async Task What_was_typed_in_an_invitation_and_an_edit_is_there_again_after_signing_in_again()
    {
        var name = $"Byron{Guid.NewGuid():N}"[..20];
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await page.Button("Invite a user").ClickAsync();
        await page.OpenDialog().GetByLabel("First name").FillAsync("Ada");
        await page.OpenDialog().GetByLabel("Last name").FillAsync(name);
        await page.OpenDialog().GetByLabel("Email").FillAsync($"{name}@contoso.example");
        await page.Button("Add an account").ClickAsync();
        await ExpireAsync(visit);
        await page.Button("Invite").ClickAsync();
        await SignInAgainAsync(visit);
        await Expect(page.OpenDialog().GetByLabel("Last name")).ToHaveValueAsync(name);
        await Expect(page.OpenDialog().GetByLabel("Account name")).ToHaveValueAsync($"{name}@contoso.example");
        await page.Button("Invite").ClickAsync();
        await Expect(page.GetByTestId("claim-qr")).ToBeVisibleAsync();

        await page.Button("Edit").ClickAsync();
        await page.OpenDialog().GetByLabel("First name").FillAsync("Augusta");
        await ExpireAsync(visit);
        await page.Button("Save").ClickAsync();
        await SignInAgainAsync(visit);
        await Expect(page.OpenDialog().GetByLabel("First name")).ToHaveValueAsync("Augusta");
        await page.Button("Save").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Augusta {name}", Exact = true })).ToBeVisibleAsync();
    }

    private static async Task SignInAgainAsync(Visit visit)
    {
        await visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Sign in again" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = Visit.Alice }).ClickAsync();
    }

    [Fact]
    public async Task What_was_typed_is_never_given_to_whoever_signs_in_next()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.Trash(user.Phones[0]).ClickAsync();
        await Expect(visit.Page.GetByTestId("plan")).ToBeVisibleAsync();
        await ExpireAsync(visit);
        await visit.Page.ConfirmAsync("remove device", "Remove device", "left in a taxi");
        await visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Sign in again" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = Visit.Reader }).ClickAsync();

        await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(2);
        await Expect(visit.Page.GetByTestId("administrator")).ToHaveTextAsync(Visit.Reader);
        await Expect(visit.Page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator(".button.danger")).ToHaveCountAsync(0);
        Assert.Null(await visit.Page.EvaluateAsync<string?>("() => sessionStorage.getItem('bloksec.removal')"));
    }

    [Fact]
    public async Task A_page_that_is_only_watched_says_it_keeps_what_it_shows_and_leads_back()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.UnregisterAsync();
        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();

        await ExpireAsync(visit);

        await Expect(visit.Page.GetByTestId("session-over")).ToContainTextAsync("Nothing you confirmed before is lost.");
        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        await visit.Page.GetByTestId("session-over").GetByRole(AriaRole.Button, new() { Name = "Sign in again" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = Visit.Alice }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = user.Name })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByTestId("session-over")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_sign_in_of_long_ago_is_renewed_without_losing_what_was_typed()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        visit.Expected = new("status of 401");
        await visit.OpenAsync(user);
        var isFirst = true;
        await visit.Page.RouteAsync("**/unregistration", route =>
            Interlocked.Exchange(ref isFirst, false)
                ? route.FulfillAsync(new() { Status = 401, ContentType = "application/problem+json", Body = SignInTooOld, Headers = Cors(route.Request) })
                : route.ContinueAsync());
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Unregister All Devices" }).ClickAsync();
        await visit.Page.ConfirmAsync("unregister all devices", "Unregister all devices", "left in a taxi");
        await Expect(visit.Page.OpenDialog()).ToContainTextAsync("Show that it is you");
        await Expect(visit.Page.GetByTestId("session-over")).ToHaveCountAsync(0);

        await visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Sign in again" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("connect/authorize", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains("prompt=login", visit.Page.Url, StringComparison.Ordinal);
        Assert.Contains("max_age=900", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = Visit.Alice }).ClickAsync();

        await Expect(visit.Page.GetByTestId("resumed")).ToBeVisibleAsync();
        await Expect(visit.Page.OpenDialog().GetByLabel("Reason")).ToHaveValueAsync("left in a taxi");
        await visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Unregister all devices", Exact = true }).ClickAsync();
        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
    }

    private const string SignInTooOld =
        """{"status":401,"code":"insufficient-user-authentication","title":"Sign in again","detail":"This needs a sign-in of the last minutes.","maxAge":900}""";

    private static Dictionary<string, string> Cors(IRequest request) => new() { ["Access-Control-Allow-Origin"] = request.Headers["origin"] };

    /// <summary>As if the hours of the token were over.</summary>
    private static Task ExpireAsync(Visit visit) => visit.Page.EvaluateAsync(
        """
        () => {
          const key = Object.keys(sessionStorage).find(name => name.startsWith('oidc.user:'));
          sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(key)), expires_at: 1 }));
        }
        """);
}
