using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Local.Demo;

namespace BlokSec.Browser.Tests;

/// <summary>The search of everything, with the keyboard alone.</summary>
[Collection<TenantPages>]
public sealed class SearchTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task A_user_a_device_and_a_page_are_found_from_everywhere_with_the_keyboard(int width)
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice, "guide");
        var (page, keys) = (visit.Page, visit.Page.Keyboard);
        await page.SetViewportSizeAsync(width, 900);
        var (text, results) = (page.GetByRole(AriaRole.Combobox, new() { Name = "Search everything" }), page.GetByRole(AriaRole.Listbox, new() { Name = "Results" }).GetByRole(AriaRole.Option));

        await page.Button("Search everything").PressAsync("Enter");
        await Expect(text).ToBeFocusedAsync();
        await Expect(results.First).ToContainTextAsync("Overview");
        await keys.TypeAsync(user.Name);
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Users" }).GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await keys.PressAsync("ArrowDown");
        await Expect(text).ToHaveAttributeAsync("aria-activedescendant", "search-option-0");
        await Expect(results.First).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(text).ToBeFocusedAsync();
        await Axe.CheckAsync(page, "the search with results");
        await page.SetViewportSizeAsync(width, 900);
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = user.Name })).ToBeFocusedAsync();
        await Expect(page.OpenDialog()).ToHaveCountAsync(0);

        await OpenAsync(page);
        await text.FillAsync(user.Phones[0]);
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Devices" }).GetByRole(AriaRole.Option).First).ToContainTextAsync(user.Phones[0]);
        await text.FillAsync("bulk");
        await Expect(results).ToHaveCountAsync(1);
        await keys.PressAsync("Enter");
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Bulk operations" })).ToBeFocusedAsync();

        await OpenAsync(page);
        await text.FillAsync("nobody has this name");
        await Expect(page.GetByTestId("search-said")).ToHaveTextAsync("Nothing was found.");
        await Axe.CheckAsync(page, "the search without results");
        await keys.PressAsync("Escape");
        await Expect(page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_operation_is_found_by_its_id()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        using var admin = new AdminClient(Cloud.Cloud.ApiAddress, Cloud.Cloud.SignIn.Address, "alice@contoso.example");
        var id = (await admin.RemoveAsync(user.UserId, user.DeviceIds[0], reason: null, TestContext.Current.CancellationToken)).OperationId;
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice, "guide");
        var page = visit.Page;

        await OpenAsync(page);
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Search everything" }).FillAsync(id);
        await page.GetByRole(AriaRole.Group, new() { Name = "Operations" }).GetByRole(AriaRole.Option).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex($"/users/{user.UserId}#progress$"));
    }

    [Fact]
    public async Task The_slash_is_a_letter_while_somebody_types_and_can_be_switched_off()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice, "users");
        var (page, keys) = (visit.Page, visit.Page.Keyboard);
        var search = page.GetByLabel("Search users");
        await search.FocusAsync();
        await keys.PressAsync("/");
        await Expect(search).ToHaveValueAsync("/");
        await search.FillAsync("");
        await OpenAsync(page);
        await keys.PressAsync("/");
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Search everything" })).ToHaveValueAsync("/");
        await keys.PressAsync("Escape");

        await visit.FollowAsync("guide", "User & Device Management");
        await page.GetByLabel("Use the key").UncheckAsync();
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).FocusAsync();
        await keys.PressAsync("/");
        await page.Button("Search everything").PressAsync("Enter");
        await Expect(page.OpenDialog()).ToHaveCountAsync(1);
        await keys.PressAsync("Escape");
        await Expect(page.Button("Search everything")).ToBeFocusedAsync();
        await page.GetByLabel("Use the key").CheckAsync();
    }

    private static async Task OpenAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).FocusAsync();
        await page.Keyboard.PressAsync("/");
        await Expect(page.OpenDialog()).ToBeVisibleAsync();
    }
}
