using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Local.Seed;

namespace BlokSec.Browser.Tests;

[Collection<TenantPages>]
public sealed partial class RolesTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task A_reader_sees_everything_and_changes_nothing()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();

        await visit.OpenAsync(user, Visit.Reader);

        await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(2);
        await Expect(visit.Page.GetByTestId("reader-note")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = Changes() })).ToHaveCountAsync(0);
        await Expect(visit.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("^Active device") })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_reader_never_sees_the_claim_itself()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.UnregisterAsync();
        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        var reader = Visitor();

        await reader.OpenAsync(user, Visit.Reader);

        await Expect(reader.Page.GetByTestId("claim")).ToContainTextAsync("A claim QR code is waiting to be scanned");
        await Expect(reader.Page.GetByTestId("claim-qr")).ToHaveCountAsync(0);
        await Expect(reader.Page.GetByLabel("Link, for a user who cannot scan")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Somebody_without_a_role_is_told_whom_to_ask()
    {
        var visit = Visitor();

        await visit.SignInAsync(Visit.Nobody);

        await Expect(visit.Page.GetByTestId("no-permission")).ToContainTextAsync("Users.Read");
    }

    [Fact]
    public async Task I9_Another_tenants_user_does_not_exist_also_by_address()
    {
        var user = await Cloud.NewUserAsync(phones: 1, tenantId: DemoPeople.Fabrikam);
        var visit = Visitor();
        visit.Expected = ReportedNotFound();

        await visit.ArriveAsync(Visit.Alice, $"users/{user.UserId}");

        await Expect(visit.Page.GetByTestId("no-such-user")).ToContainTextAsync("There is no such user");
        await Expect(visit.Page.Locator("body")).Not.ToContainTextAsync(user.Name);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);

        await visit.Page.Button("Sign out").ClickAsync();
        await Expect(visit.Page.GetByText("signed out", new() { Exact = false }).First).ToBeVisibleAsync();
        await visit.Page.GotoAsync(new Uri(Cloud.Console, "users").AbsoluteUri);

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Choose who you are" })).ToBeVisibleAsync();
    }

    [GeneratedRegex("Remove|Unregister|Renew|Create claim")]
    private static partial Regex Changes();

    [GeneratedRegex("status of 404")]
    private static partial Regex ReportedNotFound();
}
