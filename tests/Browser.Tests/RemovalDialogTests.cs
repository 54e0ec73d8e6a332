using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

public sealed class RemovalDialogTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Theory]
    [InlineData("Remove Device", "Use lower case letters only.")]
    [InlineData("remove device ", "Remove the space after the phrase.")]
    [InlineData("unregister all devices", "Character 1 is")]
    [InlineData("", "Type “remove device”.")]
    public async Task A_wrong_phrase_is_explained_and_nothing_is_done(string typed, string explained)
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.Trash(user.Phones[0]).ClickAsync();
        var phrase = visit.Page.OpenDialog().GetByLabel("to confirm");
        await phrase.FillAsync(typed);

        await phrase.PressAsync("Enter");

        await Expect(visit.Page.OpenDialog()).ToContainTextAsync(explained);
        await Expect(visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Remove device", Exact = true })).ToBeDisabledAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(2);
        await Expect(visit.Page.GetByTestId("operation")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_plan_tells_what_then_happens()
    {
        var user = await Cloud.NewUserAsync(phones: 2, accounts: 14);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.GetByRole(AriaRole.Region, new() { Name = "Devices" }).GetByRole(
            AriaRole.Button, new() { Name = "Unregister All Devices" }).ClickAsync();

        var plan = visit.Page.GetByTestId("plan");
        await Expect(plan).ToContainTextAsync("Blocked at once: 2 devices");
        await Expect(plan).ToContainTextAsync(user.Phones[0]);
        await Expect(plan).ToContainTextAsync(user.Phones[1]);
        await Expect(plan).ToContainTextAsync("14 accounts");
        await Expect(plan).ToContainTextAsync("claim QR code");
        await visit.Page.ConfirmAsync("unregister all devices", "Unregister all devices");

        await Expect(visit.Page.GetByTestId("revocation")).ToHaveCountAsync(2);
        await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(0);
        await Expect(visit.Page.GetByTestId("operation")).ToContainTextAsync("14");
        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_last_device_leads_to_unregistering_instead()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.Trash(user.Phones[0]).ClickAsync();
        await Expect(visit.Page.GetByTestId("plan")).ToContainTextAsync("This is the user's last device");

        await visit.Page.Button("Unregister all devices instead").ClickAsync();

        await Expect(visit.Page.OpenDialog()).ToContainTextAsync("unregister all devices");
        await visit.Page.ConfirmAsync("unregister all devices", "Unregister all devices");
        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_plan_that_another_console_overtook_is_shown_anew_instead_of_carried_out()
    {
        var user = await Cloud.NewUserAsync(phones: 3);
        var visit = Visitor();
        var other = Visitor();
        await visit.OpenAsync(user);
        await other.OpenAsync(user);
        await visit.Page.Trash(user.Phones[0]).ClickAsync();
        await Expect(visit.Page.GetByTestId("plan")).ToBeVisibleAsync();
        await other.Page.RemoveAsync(user.Phones[1]);
        await Expect(other.Page.Revocation(user.Phones[1])).ToBeVisibleAsync();
        visit.Expected = ReportedConflict;

        await visit.Page.ConfirmAsync("remove device", "Remove device");

        await Expect(visit.Page.GetByTestId("stale-plan")).ToContainTextAsync("Nothing was done");
        await visit.Page.ConfirmAsync("remove device", "Remove device");
        await Expect(visit.Page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(visit.Page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
        await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(1);
    }

    /// <summary>Chromium reports every answer that is not a success.</summary>
    private static System.Text.RegularExpressions.Regex ReportedConflict => new("status of 409");
}
