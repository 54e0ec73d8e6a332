using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>Applications and accounts, and a user who leaves the organization, as an administrator sees them.</summary>
[Collection<UserPages>]
public sealed class LeavingTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task A_leavers_accounts_are_removed_and_then_the_devices_are_offered_too()
    {
        var user = await Cloud.NewUserAsync(phones: 1, accounts: 14);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.GetByText("User is leaving the organization").ClickAsync();
        await Axe.CheckAsync(page, "the leaver's situation");
        await page.Button("Remove all accounts").ClickAsync();
        await Expect(page.OpenDialog()).ToContainTextAsync("14 accounts");
        await Expect(page.OpenDialog()).ToContainTextAsync("1 device stays registered");
        await Axe.CheckAsync(page, "the plan of a departure");

        await page.ConfirmAsync("remove accounts", "Remove accounts");

        await Expect(page.GetByTestId("operation")).ToContainTextAsync("Removed all accounts");
        await Expect(page.GetByTestId("device")).ToHaveCountAsync(1);
        await Expect(page.Locator("#accounts")).ToContainTextAsync("The user has no account in your applications.");
        await Axe.CheckAsync(page, "a departure that is done");
        await page.GetByTestId("unregister-too").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.OpenDialog()).ToContainTextAsync("unregister all devices");
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Several_accounts_are_chosen_with_the_keyboard_and_removed_together(int width)
    {
        var user = await Cloud.NewUserAsync(phones: 1, accounts: 14);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.SetViewportSizeAsync(width, 800);
        var boxes = page.GetByTestId("choose-account").And(page.Locator(":visible"));
        for (var number = 0; number < 3; number++)
        {
            await boxes.Nth(number).FocusAsync();
            await page.Keyboard.PressAsync("Space");
        }

        await Expect(page.Locator("#chosen-said")).ToHaveTextAsync("3 accounts chosen.");
        await Axe.CheckAsync(page, $"chosen accounts at {width}");
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        await page.Locator("#account-search").FillAsync("nobody-has-this");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#chosen-said")).ToContainTextAsync("None of them is in the list");
        await page.GetByTestId("remove-chosen").ClickAsync();
        await Expect(page.GetByTestId("plan-accounts").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        await Axe.CheckAsync(page, $"the plan of chosen accounts at {width}");
        await page.ConfirmAsync("remove accounts", "Remove accounts");

        await Expect(page.Locator("#accounts-title")).ToContainTextAsync("11");
        await Expect(page.Locator("#chosen-said")).ToHaveTextAsync("");
    }

    [Fact]
    public async Task An_application_is_registered_gets_an_account_and_is_disabled()
    {
        var user = await Cloud.NewUserAsync(phones: 0, accounts: 8);
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await visit.FollowAsync("applications", "Applications");
        await Axe.CheckAsync(page, "applications");
        var name = $"Library {user.UserId[^6..]}";
        await page.GetByTestId("register-application").ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("OAuth client ID").FillAsync($"client-{user.UserId}");
        await Axe.CheckAsync(page, "registering an application");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = name })).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "an application without accounts");

        await visit.FollowAsync($"users/{user.UserId}", user.Name);
        await page.GetByTestId("add-account").ClickAsync();
        await page.GetByLabel("Application", new() { Exact = true }).And(page.Locator("#account-application")).SelectOptionAsync(new SelectOptionValue { Label = name });
        await page.GetByLabel("Account name").FillAsync("reader");
        await Axe.CheckAsync(page, "adding an account");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#account-search").FillAsync("reader");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".applications")).ToContainTextAsync(name);
        await Axe.CheckAsync(page, "accounts found");

        await visit.FollowAsync("applications", "Applications");
        await page.GetByLabel("Search applications").FillAsync(name);
        await page.Locator("a.row-link").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "reader" })).ToBeVisibleAsync();
        await page.GetByTestId("application-state").ClickAsync();
        await Axe.CheckAsync(page, "disabling an application");
        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Disable" }).ClickAsync();
        await Expect(page.Locator(".user-title")).ToContainTextAsync("Disabled");
    }
}
