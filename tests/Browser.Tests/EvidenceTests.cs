using System.Text.Json;
using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>What an auditor looks at: the audit, the receipt of a removal, the identities that a user had. On a desk and on a phone, light and dark.</summary>
[Collection<UserPages>]
public sealed class EvidenceTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task The_audit_is_searched_with_the_keyboard_read_and_downloaded(int width, ColorScheme theme)
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor(new VisitOptions { Width = width, Theme = theme });
        await visit.OpenAsync(user);
        await visit.Page.RemoveAsync(user.Phones[1], "left in a taxi");

        await visit.FollowAsync("audit", "Audit");
        var page = visit.Page;
        await Expect(page.GetByTestId("chain")).ToBeVisibleAsync();
        await page.GetByLabel("User's id").FillAsync(user.UserId);
        await page.GetByLabel("Action").SelectOptionAsync("device.removed");
        await page.Keyboard.PressAsync("Tab");
        await page.GetByLabel("User's id").PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/audit\\?"));
        var entry = page.GetByTestId("entry");
        await Expect(entry).ToHaveCountAsync(1);
        await Expect(entry).ToContainTextAsync("left in a taxi");
        await entry.Locator("summary").PressAsync("Enter");
        await Expect(entry).ToContainTextAsync("Alice Adams");
        await Expect(entry).ToContainTextAsync(user.DeviceIds[1]);
        await Axe.CheckAsync(page, "an entry of the audit");
        await page.SetViewportSizeAsync(width, 900);

        var csv = await page.RunAndWaitForDownloadAsync(() => page.Button("Download CSV").PressAsync("Enter"));
        Assert.Equal("audit.csv", csv.SuggestedFilename);
        Assert.Equal(2, (await File.ReadAllLinesAsync(await csv.PathAsync(), TestContext.Current.CancellationToken)).Length);
        var json = await page.RunAndWaitForDownloadAsync(() => page.Button("Download JSON lines").PressAsync("Enter"));
        var line = Assert.Single(await File.ReadAllLinesAsync(await json.PathAsync(), TestContext.Current.CancellationToken));
        using var told = JsonDocument.Parse(line);
        Assert.Equal("left in a taxi", told.RootElement.GetProperty("reason").GetString());

        await page.GetByLabel("Search", new() { Exact = true }).FillAsync("nobody ever wrote this");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("no-entries")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "no entry of the audit");
        await page.Button("Show everything").PressAsync("Enter");
        await Expect(entry.Nth(1)).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task The_receipt_of_a_removal_says_what_is_proven_and_is_saved(int width, ColorScheme theme)
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor(new VisitOptions { Width = width, Theme = theme });
        visit.Expected = new("status of 400");
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.RemoveAsync(user.Phones[1], "left in a taxi");
        await Expect(page.Revocation(user.Phones[1])).ToContainTextAsync("Confirmed by the device");

        await page.Revocation(user.Phones[1]).GetByTestId("receipt-link").PressAsync("Enter");
        var receipt = page.GetByTestId("receipt");
        await Expect(receipt).ToContainTextAsync("left in a taxi");
        await Expect(receipt).ToContainTextAsync("Alice Adams");
        await Expect(page.GetByTestId("proven").GetByRole(AriaRole.Listitem).First).ToBeVisibleAsync();
        await Expect(page.GetByTestId("not-proven").GetByRole(AriaRole.Listitem).First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
        await Axe.CheckAsync(page, "a receipt");
        await page.SetViewportSizeAsync(width, 900);

        var saved = await page.RunAndWaitForDownloadAsync(() => page.Button("Download the signed receipt").PressAsync("Enter"));
        var jws = await File.ReadAllTextAsync(await saved.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(3, jws.Trim().Split('.').Length);

        await visit.FollowAsync($"users/{user.UserId}/revocations/no-such-device/receipt", "There is no such removal");
        await Axe.CheckAsync(page, "no such receipt");
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Every_identity_that_a_user_had_is_told_with_its_end(int width, ColorScheme theme)
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor(new VisitOptions { Width = width, Theme = theme });
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.UnregisterAsync();

        await page.GetByTestId("dids").Locator("summary").PressAsync("Enter");
        var did = page.GetByTestId("did");
        await Expect(did).ToHaveCountAsync(1);
        await Expect(did).ToContainTextAsync("did:");
        await Expect(did).ToContainTextAsync("Alice Adams");
        await Axe.CheckAsync(page, "the identities of a user");
    }
}
