using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>The lists of users and devices: narrowed, ordered, gone back from, and saved.</summary>
[Collection<TenantPages>]
public sealed class ListsTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task Users_are_filtered_ordered_and_downloaded_and_the_way_back_is_there()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await Expect(page.GetByRole(AriaRole.Row).Nth(5)).ToBeVisibleAsync();
        await page.GetByTestId("filters").ClickAsync();
        await page.GetByLabel("Status").SelectOptionAsync("Active");
        await Expect(page).ToHaveURLAsync(new Regex("/users\\?state=active$"));
        await page.GetByLabel("Push, active device").SelectOptionAsync("Receiving");
        await Expect(page).ToHaveURLAsync(new Regex("/users\\?state=active&push=receiving$"));
        await Expect(page.GetByRole(AriaRole.Table)).ToHaveAttributeAsync("aria-busy", "false");
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Last active" })).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "users by filter");

        await page.Button("Last active").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Last active" })).ToHaveAttributeAsync("aria-sort", "ascending");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Button("Download CSV").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.StartsWith("userId,givenName,", lines[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.Contains(",active,", line, StringComparison.Ordinal));

        await page.GoBackAsync();
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/users\\?state=active$"));
        await Expect(page.GetByLabel("Push, active device")).ToHaveValueAsync("");
        await page.GetByTestId("clear-filters").ClickAsync();
        await page.Button("Created").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/users\\?sort=created$"));
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Created" })).ToHaveAttributeAsync("aria-sort", "ascending");
    }

    [Fact]
    public async Task Devices_are_filtered_ordered_and_lead_to_their_user()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await visit.FollowAsync("devices", "Devices");
        await Expect(page.GetByTestId("device").Nth(5)).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "devices");

        await page.GetByLabel("System", new() { Exact = true }).SelectOptionAsync("iOS");
        await page.Button("Registered").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/devices\\?platform=ios&sort=registered&direction=asc$"));
        await Expect(page.GetByTestId("device").Filter(new() { HasNotText = "iOS" })).ToHaveCountAsync(0);
        var download = await page.RunAndWaitForDownloadAsync(() => page.Button("Download CSV").ClickAsync());
        Assert.Equal("devices.csv", download.SuggestedFilename);

        await page.GetByTestId("quick-unused").ClickAsync();
        await Expect(page.GetByTestId("quick-unused")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByLabel("Search").FillAsync("no phone has this name");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("no-devices")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "no device found");
        await page.Button("Show all devices").ClickAsync();
        await page.GetByTestId("device").First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/users/[^/]+#devices$"));
        await Expect(page.Locator("#devices")).ToBeVisibleAsync();
    }
}
