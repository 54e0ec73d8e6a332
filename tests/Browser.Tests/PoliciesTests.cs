using System.Net.Http.Json;
using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Contracts;
using BlokSec.Local.Demo;

namespace BlokSec.Browser.Tests;

/// <summary>The page of policies, on a desk and on a phone, light and dark, with the keyboard alone.</summary>
[Collection<TenantPages>]
public sealed class PoliciesTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_policy_is_changed_with_the_keyboard_and_kept_and_one_that_cannot_be_is_refused(int width, ColorScheme theme)
    {
        using var admin = new AdminClient(Cloud.Cloud.ApiAddress, Cloud.Cloud.SignIn.Address, "alice@contoso.example");
        var before = await ReadAsync(admin);
        var hours = before.Policies.Claims.SentHours == 12 ? "13" : "12";
        var visit = Visitor(new VisitOptions { Width = width, Theme = theme });
        visit.Expected = new("status of 400");
        await visit.SignInAsync(Visit.Alice, "policies");
        var (page, keys, sent) = (visit.Page, visit.Page.Keyboard, visit.Page.GetByLabel("Printed or sent, hours"));
        try
        {
            await Expect(sent).ToHaveValueAsync($"{before.Policies.Claims.SentHours}");
            await Axe.CheckAsync(page, "policies");
            await page.SetViewportSizeAsync(width, 900);

            await TypeAsync("999");
            await Expect(page.GetByTestId("problem")).ToContainTextAsync("Nothing was changed.");
            await Expect(page.Locator("#policies-answer")).ToBeFocusedAsync();
            await Axe.CheckAsync(page, "a policy that was refused");
            await page.SetViewportSizeAsync(width, 900);

            await TypeAsync(hours);
            await Expect(page.GetByTestId("policies-said")).ToContainTextAsync("Saved.");
            await visit.FollowAsync("guide", "User & Device Management");
            await visit.FollowAsync("policies", "Policies");
            await Expect(sent).ToHaveValueAsync(hours);
        }
        finally
        {
            var after = await ReadAsync(admin);
            using var change = new HttpRequestMessage(HttpMethod.Put, "policies") { Content = JsonContent.Create(before.Policies, options: AdminClient.Json) };
            change.Headers.TryAddWithoutValidation("If-Match", after.ETag);
            using var changed = await admin.Http.SendAsync(change, TestContext.Current.CancellationToken);
            changed.EnsureSuccessStatusCode();
        }

        async Task TypeAsync(string text)
        {
            await sent.FocusAsync();
            await keys.PressAsync("ControlOrMeta+a");
            await keys.TypeAsync(text);
            await keys.PressAsync("Enter");
        }
    }

    [Fact]
    public async Task A_reader_sees_the_policies_and_changes_nothing()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Reader, "policies");

        await Expect(visit.Page.GetByTestId("policies")).ToContainTextAsync("requires the role Policies.Manage");
        await Expect(visit.Page.GetByLabel("Printed or sent, hours")).ToBeDisabledAsync();
        await Expect(visit.Page.Button("Save")).ToHaveCountAsync(0);
    }

    private static async Task<PolicyDetails> ReadAsync(AdminClient admin) =>
        (await admin.Http.GetFromJsonAsync<PolicyDetails>("policies", AdminClient.Json, TestContext.Current.CancellationToken))!;
}
