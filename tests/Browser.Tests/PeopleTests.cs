using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

[Collection<TenantPages>]
public sealed class PeopleTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task A_person_is_invited_edited_suspended_and_reactivated()
    {
        var email = $"ada.{Guid.NewGuid():N}@contoso.example";
        var visit = Visitor();
        visit.Expected = new System.Text.RegularExpressions.Regex("400");
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await page.Button("Invite a user").ClickAsync();
        await Axe.CheckAsync(page, "invite");
        await page.OpenDialog().GetByLabel("First name").FillAsync("Ada");
        await page.OpenDialog().GetByLabel("Last name").FillAsync("Byron");
        await page.OpenDialog().GetByLabel("Email").FillAsync("ada");
        await page.Button("Invite").ClickAsync();
        await Expect(page.OpenDialog()).ToContainTextAsync("This is an email address, such as maria@example.com.");
        await page.OpenDialog().GetByLabel("Email").FillAsync(email);
        await page.OpenDialog().GetByLabel("Mobile (optional)").FillAsync("416 555 0134");
        await page.Button("Invite").ClickAsync();
        await Expect(page.OpenDialog()).ToContainTextAsync("This is a telephone number with its country code");
        await page.OpenDialog().GetByLabel("Mobile (optional)").FillAsync("+1 416 555 0134");
        await page.OpenDialog().GetByLabel("Mobile (optional)").PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Ada Byron", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        await Expect(page.Locator(".user-head")).ToContainTextAsync("Invited");
        await Expect(page.Locator(".user-head")).ToContainTextAsync("+14165550134");

        await page.Button("Edit").ClickAsync();
        await page.OpenDialog().GetByLabel("Last name").FillAsync("Lovelace");
        await page.Button("Save").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Ada Lovelace", Exact = true })).ToBeVisibleAsync();

        await page.Button("Suspend").ClickAsync();
        await Axe.CheckAsync(page, "suspend");
        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Suspend", Exact = true }).ClickAsync();
        await Expect(page.OpenDialog()).ToContainTextAsync("Say why, for the auditor.");
        await page.OpenDialog().GetByLabel("Reason").FillAsync("On leave until May.");
        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Suspend", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("suspension")).ToContainTextAsync("On leave until May.");
        await Axe.CheckAsync(page, "suspended");

        await page.Button("Reactivate").ClickAsync();
        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Reactivate", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("suspension")).ToHaveCountAsync(0);
        await Expect(page.OpenDialog()).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_person_is_invited_with_accounts()
    {
        var email = $"ada.{Guid.NewGuid():N}@contoso.example";
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await page.SetViewportSizeAsync(390, 800);
        await page.Button("Invite a user").ClickAsync();
        await page.OpenDialog().GetByLabel("First name").FillAsync("Ada");
        await page.OpenDialog().GetByLabel("Last name").FillAsync("Byron");
        await page.OpenDialog().GetByLabel("Email").FillAsync(email);
        for (var number = 1; number <= 3; number++)
        {
            await page.Button("Add an account").PressAsync("Enter");
            await Expect(page.OpenDialog().GetByRole(AriaRole.Group, new() { Name = $"Account {number}" }).GetByLabel("Application")).ToBeFocusedAsync();
        }

        await page.OpenDialog().GetByRole(AriaRole.Group, new() { Name = "Account 2" }).GetByLabel("Account name").FillAsync("");
        await Axe.CheckAsync(page, "invite-accounts");
        await page.Button("Invite").ClickAsync();
        await Expect(page.OpenDialog().GetByRole(AriaRole.Group, new() { Name = "Account 2" }).Locator(".wrong")).ToBeVisibleAsync();
        await page.OpenDialog().GetByRole(AriaRole.Group, new() { Name = "Account 2" }).GetByLabel("Account name").FillAsync($"second.{email}");
        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Do not give account 3" }).ClickAsync();
        await Expect(page.Button("Add an account")).ToBeFocusedAsync();
        await page.Button("Invite").ClickAsync();

        await Expect(page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        await Expect(page.Locator("#accounts, section:has(#accounts-title)").First).ToContainTextAsync($"second.{email}");
    }

    [Fact]
    public async Task Who_has_the_address_is_said_and_what_was_typed_stays()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var email = $"ada.{Guid.NewGuid():N}@contoso.example";
        var visit = Visitor();
        visit.Expected = new System.Text.RegularExpressions.Regex("409");
        await visit.OpenAsync(user);
        var page = visit.Page;
        foreach (var name in (string[])["Ada", "Bea"])
        {
            await visit.FollowAsync("users", "Users");
            await page.Button("Invite a user").ClickAsync();
            await page.OpenDialog().GetByLabel("First name").FillAsync(name);
            await page.OpenDialog().GetByLabel("Last name").FillAsync("Byron");
            await page.OpenDialog().GetByLabel("Email").FillAsync(email);
            await page.Button("Invite").ClickAsync();
            if (name == "Ada")
            {
                await Expect(page.GetByTestId("claim-qr")).ToBeVisibleAsync();
            }
        }

        await Expect(page.OpenDialog()).ToContainTextAsync("Another user has this email address");
        await Expect(page.OpenDialog().GetByLabel("First name")).ToHaveValueAsync("Bea");
    }

    [Fact]
    public async Task A_reader_is_offered_none_of_it()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.OpenAsync(user, Visit.Reader);

        foreach (var button in (string[])["Edit", "Suspend", "Reactivate"])
        {
            await Expect(visit.Page.Button(button)).ToHaveCountAsync(0);
        }

        await visit.FollowAsync("users", "Users");
        await Expect(visit.Page.Button("Invite a user")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_file_is_checked_shown_and_imported()
    {
        var name = $"row.{Guid.NewGuid():N}";
        var lines = string.Concat(Enumerable.Range(0, 120).Select(row => $"Ada;Byron;{name}.{row}@contoso.example;+1 416 555 0134\r\n"));
        var file = System.Text.Encoding.Latin1.GetBytes($"Vorname;Nachname;E-Mail;Handy\r\nJ\u00FCrgen;;nobody;\r\n{lines}");
        var visit = Visitor();
        visit.Expected = new System.Text.RegularExpressions.Regex("400");
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Import users" }).ClickAsync();
        await Axe.CheckAsync(page, "imports");
        var chosen = new FilePayload { Name = "people.csv", MimeType = "text/csv", Buffer = file };
        await page.GetByLabel("CSV file").SetInputFilesAsync(chosen);
        await Expect(page.GetByTestId("problem")).ToContainTextAsync("CSV UTF-8");
        await page.GetByLabel("Characters").SelectOptionAsync("1252");
        await page.GetByLabel("CSV file").SetInputFilesAsync(chosen);

        await Expect(page.GetByTestId("import")).ToContainTextAsync("Checked, not imported");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Rows that cannot be imported" })).ToContainTextAsync("Last name");
        await Axe.CheckAsync(page, "import");
        await page.GetByTestId("start").ClickAsync();
        await Expect(page.GetByTestId("import")).ToContainTextAsync("Done: 120 users created");
        await visit.FollowAsync("users", "Users");
        await page.GetByLabel("Search users").FillAsync($"{name}.119");
        await Expect(page.GetByText("1 user, that is everyone found.")).ToBeVisibleAsync();
    }
}
