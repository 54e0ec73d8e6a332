using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

[Collection<UserPages>]
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

    /// <summary>The last is a window of 1440 by 900 enlarged four times.</summary>
    [Theory]
    [InlineData(1440, 900)]
    [InlineData(820, 1180)]
    [InlineData(390, 844)]
    [InlineData(360, 225)]
    public async Task The_answer_is_always_where_the_eye_is(int width, int height)
    {
        var user = await Cloud.NewUserAsync(phones: 2, accounts: 30);
        var visit = Visitor();
        visit.Expected = new("status of (401|500)");
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.SetViewportSizeAsync(width, height);
        await page.GetByRole(AriaRole.Region, new() { Name = "Devices" }).GetByRole(AriaRole.Button, new() { Name = "Unregister All Devices" }).ClickAsync();
        var phrase = page.OpenDialog().GetByLabel("to confirm");
        await phrase.FillAsync("Unregister");
        await phrase.PressAsync("Enter");
        await Expect(page.Locator("#phrase-hint")).ToHaveTextAsync("Use lower case letters only.");
        await Expect(page.Locator("#phrase-hint")).ToBeInViewportAsync(new() { Ratio = 0.95f });

        await page.RouteAsync("**/unregistration", route => AnswerAsync(route, 500));
        await page.RouteAsync($"**/api/users/{user.UserId}", route => AnswerAsync(route, 500));
        await page.ConfirmAsync("unregister all devices", "Unregister all devices");
        await SaidAsync("It is not known yet whether it was done.");
        await page.UnrouteAsync($"**/api/users/{user.UserId}");
        await page.Button("Not known yet: check again").ClickAsync();
        await SaidAsync("Nothing was done: the devices were not unregistered");
        await page.RouteAsync("**/unregistration", route => AnswerAsync(route, 401));
        await page.Button("Nothing was done: try again").ClickAsync();
        await SaidAsync("Your session has ended");
        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Sign in again" }).ScrollIntoViewIfNeededAsync();

        Task SaidAsync(string words) =>
            Expect(page.OpenDialog().GetByTestId("problem").GetByText(words)).ToBeInViewportAsync(new() { Ratio = 0.95f });

        static Task AnswerAsync(IRoute route, int status) => route.FulfillAsync(new()
        {
            Status = status,
            Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
        });
    }

    [Fact]
    public async Task Escape_while_a_removal_is_being_sent_does_not_hide_what_becomes_of_it()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var held = new TaskCompletionSource();
        await visit.Page.RouteAsync("**/removal", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        await visit.Page.Trash(user.Phones[0]).ClickAsync();
        await visit.Page.ConfirmAsync("remove device", "Remove device");
        await Expect(visit.Page.Button("Sending…")).ToBeVisibleAsync();
        for (var press = 0; press < 3; press++)
        {
            await visit.Page.Keyboard.PressAsync("Escape");
        }

        await visit.Page.EvaluateAsync("() => document.querySelector('dialog').close()");
        await Expect(visit.Page.Button("Sending…")).ToBeVisibleAsync();
        held.SetResult();

        await Expect(visit.Page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(visit.Page.Revocation(user.Phones[0])).ToBeVisibleAsync();
    }

    /// <summary>Chromium reports every answer that is not a success.</summary>
    private static System.Text.RegularExpressions.Regex ReportedConflict => new("status of 409");
}
