using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Local.Seed;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace BlokSec.Browser.Tests;

/// <summary>axe (WCAG 2.2 AA) finds nothing on any page or dialog, in both themes, on a phone and on a desk; and nothing has to be scrolled sideways.</summary>
public sealed class AccessibilityTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
    };

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Every_page_and_dialog_can_be_used_by_everybody(ColorScheme theme, int width)
    {
        var user = await Cloud.NewUserAsync(phones: 2, accounts: 12);
        var visit = Visitor(new VisitOptions { Theme = theme, Width = width });
        visit.Expected = new("status of 404");
        await visit.ArriveAsync();
        var page = visit.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Choose who you are" })).ToBeVisibleAsync();
        await CheckAsync(page, "sign-in");

        await page.GetByRole(AriaRole.Button, new() { Name = Visit.Alice }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Nth(5)).ToBeVisibleAsync();
        await CheckAsync(page, "users");
        await page.GetByLabel("Search users").FillAsync("nobody of this name");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No user found" })).ToBeVisibleAsync();
        await CheckAsync(page, "no user found");

        await visit.FollowAsync("guide", "User & Device Management");
        await CheckAsync(page, "guide");
        await visit.FollowAsync("users/no-such-user", "There is no such user");
        await Expect(page.GetByTestId("no-such-user")).ToBeVisibleAsync();
        await CheckAsync(page, "no such user");

        await visit.FollowAsync($"users/{user.UserId}", user.Name);
        await CheckAsync(page, "user");
        await page.Trash(user.Phones[0]).ClickAsync();
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await CheckAsync(page, "removal dialog");
        await page.Keyboard.PressAsync("Escape");
        await page.UnregisterAsync();
        await Expect(page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        await Expect(page.Revocation(user.Phones[1])).ToContainTextAsync("Confirmed by the device");
        await CheckAsync(page, "unregistered user");

        var phones = await visit.PhonesAsync(user);
        await Expect(phones.Phone(user.Phones[0])).ToBeVisibleAsync();
        await CheckAsync(phones, "phones");
    }

    [Theory]
    [InlineData(DemoPeople.NoDevices, "No device is registered.")]
    [InlineData(DemoPeople.Invited, "claim QR code")]
    [InlineData(DemoPeople.ManyDevices, "30")]
    [InlineData(DemoPeople.ManyAccounts, "5,000")]
    public async Task Unusual_users_can_be_seen_by_everybody_too(string userId, string shown)
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice, $"users/{userId}");

        await Expect(visit.Page.Locator("main")).ToContainTextAsync(shown);
        await CheckAsync(visit.Page, userId);
    }

    private static async Task CheckAsync(IPage page, string what)
    {
        var found = await page.RunAxe(Rules);
        var faults = found.Violations.Select(violation =>
            $"{what}: {violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Take(4).Select(node => node.Html))}");
        Assert.True(found.Violations.Length == 0, string.Join('\n', faults));
        var beyond = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(beyond <= 0, $"{what}: {beyond} pixels have to be scrolled to sideways");
    }
}
