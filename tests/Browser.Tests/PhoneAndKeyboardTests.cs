using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>The overview, the lists and the plan for many users: dark, on a phone, and with the keyboard alone.</summary>
[Collection<TenantPages>]
public sealed class PhoneAndKeyboardTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    private const int Width = 390;

    private static readonly VisitOptions Phone = new() { Width = Width, Theme = ColorScheme.Dark };

    [Fact]
    public async Task The_overview_and_every_list_lead_to_what_they_list()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor(Phone);
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.RemoveAsync(user.Phones[1]);
        await Expect(page.Revocation(user.Phones[1])).ToContainTextAsync("Confirmed by the device");
        await page.UnregisterAsync();
        await Expect(page.GetByTestId("claim-qr")).ToBeVisibleAsync();

        await visit.FollowAsync("overview", "Overview");
        await OpenedAsync("overview", page.GetByTestId("claims").GetByRole(AriaRole.Link).First, "/users\\?claim=open$");
        await Expect(page.GetByLabel("Claim", new() { Exact = true })).ToHaveValueAsync("open");
        await OpenedAsync("users with an open claim", page.Locator("a.row-link").First, "/users/[^/?]+$");
        await visit.FollowAsync("devices", "Devices");
        await OpenedAsync("devices", page.GetByTestId("device").First.GetByRole(AriaRole.Link), "/users/[^/]+#devices$");
        await visit.FollowAsync("operations", "Operations");
        await OpenedAsync("operations", page.GetByTestId("listed-operation").First.GetByRole(AriaRole.Link).First, "/users/[^/]+#progress$");
        await visit.FollowAsync("requests", "Authentication requests");
        await OpenedAsync("sign-ins", page.GetByTestId("request").First.GetByRole(AriaRole.Link).First, "/users/[^/]+/authentication-requests/[^/]+$");

        async Task OpenedAsync(string list, ILocator link, string address)
        {
            await Expect(link).ToBeVisibleAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
            await Axe.CheckAsync(page, list, Width);
            await page.TabToAsync(link);
            await page.Keyboard.PressAsync("Enter");
            await Expect(page).ToHaveURLAsync(new Regex(address));
        }
    }

    [Fact]
    public async Task Many_users_are_planned_for_confirmed_and_found_in_the_list_of_bulk_operations()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor(Phone);
        await visit.SignInAsync(Visit.Alice);
        var (page, keys) = (visit.Page, visit.Page.Keyboard);
        await page.TabToAsync(page.GetByLabel("Search users"));
        await keys.TypeAsync(user.Name);
        await Expect(page.GetByTestId("user-count")).ToContainTextAsync("1 user");
        await page.TabToAsync(page.GetByLabel($"Select {user.Name}"));
        await keys.PressAsync("Space");
        await Expect(page.GetByTestId("bulk-bar")).ToContainTextAsync("1 user selected.");
        await page.TabToAsync(page.GetByLabel("Action"));
        await keys.TypeAsync("Suspend");
        await page.TabToAsync(page.GetByTestId("plan-selected"));
        await keys.PressAsync("Enter");

        await Expect(page.GetByTestId("bulk-start")).ToContainTextAsync("suspend 1 user");
        await Axe.CheckAsync(page, "a plan for many", Width);
        await page.TabToAsync(page.GetByLabel("Reason"));
        await keys.TypeAsync("Stolen from the depot");
        await page.TabToAsync(page.GetByLabel("to confirm"));
        await keys.TypeAsync("suspend 1 user");
        await keys.PressAsync("Enter");
        await Expect(page.GetByTestId("bulk")).ToContainTextAsync("Finished");
        await Expect(page.GetByTestId("bulk-done")).ToHaveTextAsync("1");
        await Axe.CheckAsync(page, "many done", Width);

        await visit.FollowAsync("bulk-operations", "Bulk operations");
        var link = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Suspend users" }).First.GetByRole(AriaRole.Link);
        await Expect(link).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "bulk operations", Width);
        await page.TabToAsync(link);
        await keys.PressAsync("Enter");
        await Expect(page.GetByTestId("bulk")).ToContainTextAsync("Finished");
    }
}
