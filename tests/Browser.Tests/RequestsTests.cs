using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>A user's authentication requests: found by what they were, opened by keyboard, and saved.</summary>
[Collection<UserPages>]
public sealed class RequestsTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task Requests_are_filtered_opened_and_downloaded()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "All authentication requests" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Authentication requests" })).ToBeVisibleAsync();
        var rows = page.GetByTestId("request");
        await Expect(rows.First).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "authentication requests");

        await page.GetByLabel("Status").SelectOptionAsync("Accepted");
        await page.GetByLabel("Application").SelectOptionAsync("Payroll");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("status=accepted&application=[0-9a-f]{32}$"));
        await Expect(rows.Filter(new() { HasNotText = "Payroll" })).ToHaveCountAsync(0);
        await Expect(rows).Not.ToHaveCountAsync(0);
        var download = await page.RunAndWaitForDownloadAsync(() => page.Button("Download CSV").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.StartsWith("issuedAt,application,", lines[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.Contains(",Payroll,", line, StringComparison.Ordinal));
        Assert.Equal(await rows.CountAsync(), lines.Length - 1);

        await rows.First.GetByRole(AriaRole.Link).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Sign-in to Payroll" })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("timeline")).ToContainTextAsync("Accepted");
        await Axe.CheckAsync(page, "an authentication request");
        await page.GetByRole(AriaRole.Link, new() { Name = "All authentication requests" }).ClickAsync();
        await Expect(page.GetByLabel("Status")).ToHaveValueAsync("accepted");

        await page.GetByLabel("Method").SelectOptionAsync("Passcode");
        await Expect(page.GetByTestId("no-requests")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "no authentication request");
    }
}
