using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>Pages as the browser treats them: addresses, the way back, paper, and colours that the system chooses.</summary>
[Collection<TenantPages>]
public sealed class PagesTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task The_way_back_leads_to_the_row_and_an_address_to_its_section()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await page.SetViewportSizeAsync(1280, 500);
        // A console that somebody used before shows what they saw until there is an answer.
        await Expect(page.Locator("table.user-table")).ToHaveAttributeAsync("aria-busy", "false");
        // Other tests make users meanwhile: the row is that of one user, wherever it stands.
        var link = page.Locator($"a.row-link[href='{await page.Locator("a.row-link").Nth(30).GetAttributeAsync("href")}']");
        await link.EvaluateAsync("row => row.scrollIntoView()");
        var name = await link.TextContentAsync();
        await link.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = name })).ToBeVisibleAsync();

        await page.GoBackAsync();

        await Expect(link).ToBeFocusedAsync();
        await Expect(link).ToBeInViewportAsync();
        await visit.FollowAsync($"users/{user.UserId}#devices", user.Name);
        await Expect(page.Locator("#devices-title")).ToBeFocusedAsync();
        await Expect(page.Locator("#devices-title")).ToBeInViewportAsync();
        await Expect(page.GetByTestId("as-of")).ToContainTextAsync("As of ");
    }

    [Fact]
    public async Task Every_page_can_be_printed_and_tells_its_states_apart_without_its_colours()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.RemoveAsync(user.Phones[0]);
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
        var dots = await page.EvaluateAsync<string[]>(
            """
            () => ['done', 'busy', 'skipped', 'open'].map(state => {
              const dot = document.querySelector('.stage-item').cloneNode();
              dot.className = `stage-item ${state}`;
              document.querySelector('.stages').append(dot);
              const { borderTopWidth, borderTopStyle } = getComputedStyle(dot, '::before');
              dot.remove();
              return `${borderTopWidth} ${borderTopStyle}`;
            })
            """);
        Assert.Equal(4, dots.Distinct().Count());
        await Expect(page.Locator(".sidebar a.active")).ToHaveCSSAsync("outline-style", "solid");
        await page.Trash(user.Phones[1]).ClickAsync();
        await Expect(page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Remove device" })).ToHaveCSSAsync("border-top-style", "dashed");
        await page.Keyboard.PressAsync("Escape");
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.None, Media = Media.Print });

        await SeenAsync(".user-head", "#devices", "#progress", "#history");
        await visit.FollowAsync("guide", "User & Device Management");
        await SeenAsync(".guide-table");
        await visit.FollowAsync("users", "Users");
        await SeenAsync(".user-table");
        await visit.FollowAsync($"users/{user.UserId}/revocations/{user.DeviceIds[0]}/receipt", "Receipt: removal of");
        await SeenAsync(".receipt .user-head", "[data-testid=proven]", "[data-testid=not-proven]", ".receipt-events li", "#receipt-check");
        await Expect(page.Locator(".receipt .actions")).ToBeHiddenAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Screen });

        async Task SeenAsync(params string[] parts)
        {
            foreach (var part in parts)
            {
                await Expect(page.Locator(part).First).ToBeVisibleAsync();
            }

            await Expect(page.Locator(".sidebar")).ToBeHiddenAsync();
        }
    }
}
