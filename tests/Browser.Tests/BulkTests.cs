using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

[Collection<TenantPages>]
public sealed class BulkTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Many_users_are_selected_planned_confirmed_and_done(int width)
    {
        var users = new[] { await Cloud.NewUserAsync(phones: 1), await Cloud.NewUserAsync(phones: 2) };
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await page.SetViewportSizeAsync(width, 900);
        foreach (var user in users)
        {
            await page.GetByLabel("Search users").FillAsync(user.Name);
            await page.GetByLabel($"Select {user.Name}").CheckAsync();
        }

        await Expect(page.GetByTestId("bulk-bar")).ToContainTextAsync("2 users selected.");
        await page.GetByLabel("Action").SelectOptionAsync("Remove devices");
        await Axe.CheckAsync(page, "users selected");
        await page.GetByLabel("Action").SelectOptionAsync("Unregister users");
        await page.SetViewportSizeAsync(width, 900);
        await page.GetByTestId("plan-selected").ClickAsync();

        await Expect(page.GetByTestId("bulk-plan")).ToContainTextAsync("Locked out");
        await Expect(page.GetByTestId("bulk-start")).ToContainTextAsync("unregister 2 users");
        await page.GetByLabel("to confirm").FillAsync("unregister 3 users");
        await page.GetByLabel("Reason").FillAsync("Stolen from the depot");
        await page.GetByLabel("to confirm").PressAsync("Enter");
        await Expect(page.GetByTestId("bulk-start")).ToContainTextAsync("Character 12 is “3”, it should be “2”.");
        await Axe.CheckAsync(page, "bulk plan");
        await page.SetViewportSizeAsync(width, 900);
        await page.GetByLabel("to confirm").FillAsync("unregister 2 users");
        await page.Button("Unregister 2 users").ClickAsync();

        await Expect(page.GetByTestId("bulk-done")).ToHaveTextAsync("2");
        await Expect(page.GetByTestId("bulk")).ToContainTextAsync("Finished");
        await Expect(page.GetByTestId("bulk-start")).ToHaveCountAsync(0);
        await Axe.CheckAsync(page, "bulk operation done");
        await page.SetViewportSizeAsync(width, 900);
        await visit.FollowAsync("bulk-operations", "Bulk operations");
        await Expect(page.GetByRole(AriaRole.Table)).ToContainTextAsync("Unregister users");
        await Axe.CheckAsync(page, "bulk operations");
    }

    [Fact]
    public async Task A_reader_selects_nobody()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.SignInAsync(Visit.Reader);
        await visit.Page.GetByLabel("Search users").FillAsync(user.Name);

        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = user.Name })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByTestId("bulk-bar")).ToHaveCountAsync(0);
        await Expect(visit.Page.GetByRole(AriaRole.Checkbox)).ToHaveCountAsync(0);
    }
}
