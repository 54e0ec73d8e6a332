using System.Net.Http.Json;
using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Contracts;
using BlokSec.Local.Demo;
using BlokSec.Local.Seed;

namespace BlokSec.Browser.Tests;

/// <summary>A tenant demands that people are recognized before they get a claim.</summary>
[Collection<UserPages>]
public sealed partial class IdentityCheckTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    private const string Felix = "Felix Fischer";

    private const string Way = "Called back at the number of the personnel office";

    private const string SignInTooOld =
        """{"status":401,"code":"insufficient-user-authentication","title":"Sign in again","detail":"This needs a sign-in of the last minutes.","maxAge":900}""";

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task The_claim_is_shown_once_it_is_recorded_how_the_person_was_recognized(int width, ColorScheme theme)
    {
        await DemandAsync();
        var user = await Cloud.NewUserAsync(phones: 0, tenantId: DemoPeople.Fabrikam, invited: true);
        var visit = Visitor(new VisitOptions { Width = width, Theme = theme });
        visit.Expected = new("status of 401");
        await visit.OpenAsync(user, Felix);
        var page = visit.Page;
        await page.Button("Create claim QR code").ClickAsync();
        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.GetByTestId("identity-check")).ToBeVisibleAsync();
        await Expect(page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("claim-qr")).ToHaveCountAsync(0);

        await page.Button("Record it and show the QR code").ClickAsync();
        await Expect(page.GetByText("Choose one.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("How did you recognize the person?")).ToBeFocusedAsync();
        await Axe.CheckAsync(page, "identity check");
        await FitsAsync(page);

        await page.GetByLabel("How did you recognize the person?").SelectOptionAsync(Way);
        await page.GetByLabel("Note").FillAsync("Ticket 4711");
        var isFirst = true;
        await page.RouteAsync("**/claim/identity-check", route => Interlocked.Exchange(ref isFirst, false)
            ? route.FulfillAsync(new()
            {
                Status = 401,
                ContentType = "application/problem+json",
                Body = SignInTooOld,
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = route.Request.Headers["origin"] },
            })
            : route.ContinueAsync());
        await page.Button("Record it and show the QR code").ClickAsync();
        await page.GetByTestId("identity-check").GetByRole(AriaRole.Button, new() { Name = "Sign in again" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = Felix }).ClickAsync();
        await Expect(page.GetByLabel("How did you recognize the person?")).ToHaveValueAsync(Way);
        await Expect(page.GetByLabel("Note")).ToHaveValueAsync("Ticket 4711");

        await page.Button("Record it and show the QR code").ClickAsync();
        await Expect(page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        await Expect(page.Locator("#claim-title")).ToBeFocusedAsync();
        await Expect(page.GetByTestId("claim-recognized")).ToContainTextAsync($"{Way} (“Ticket 4711”), by {Felix}");
        await Expect(page.GetByTestId("claim-countdown")).ToHaveTextAsync(MinutesLeft());
        await Expect(page.GetByText("recorded how the user was recognized")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "claim on the screen");
        await FitsAsync(page);

        await page.Button("Copy link").ClickAsync();
        await Expect(page.GetByText("Link copied. It works until")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "claim that was sent");
        await FitsAsync(page);
    }

    private async Task DemandAsync()
    {
        using var admin = new AdminClient(Cloud.Cloud.ApiAddress, Cloud.Cloud.SignIn.Address, "felix@fabrikam.example");
        var stop = TestContext.Current.CancellationToken;
        using var before = await admin.Http.GetAsync(new Uri("policies", UriKind.Relative), stop);
        var policies = (await before.Content.ReadFromJsonAsync<PolicyDetails>(AdminClient.Json, stop))!.Policies;
        using var change = new HttpRequestMessage(HttpMethod.Put, "policies")
        {
            Content = JsonContent.Create(
                policies with { IdentityCheck = new IdentityCheckPolicy { Required = true, Ways = ["Badge in person", Way] } }, options: AdminClient.Json),
        };
        change.Headers.TryAddWithoutValidation("If-Match", before.Headers.ETag!.Tag);
        using var changed = await admin.Http.SendAsync(change, stop);
        changed.EnsureSuccessStatusCode();
    }

    private static async Task FitsAsync(IPage page) =>
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "The page is wider than the window.");

    [GeneratedRegex(@"^in (9 min \d\d s|10 min 00 s)$")]
    private static partial Regex MinutesLeft();
}
