using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

[Collection<UserPages>]
public sealed class KeyboardTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task From_signing_in_to_a_removed_device_without_a_mouse()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.ArriveAsync("users");
        var (page, keys) = (visit.Page, visit.Page.Keyboard);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Choose who you are" })).ToBeVisibleAsync();
        await keys.PressAsync("Tab");
        await keys.PressAsync("Enter");
        await Expect(page.GetByLabel("Search users")).ToBeVisibleAsync();

        await page.TabToAsync(page.GetByLabel("Search users"));
        await keys.TypeAsync(user.Name.Split(' ')[0]);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = user.Name })).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("user-count")).ToContainTextAsync("1 user");
        await keys.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = user.Name })).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = user.Name })).ToBeFocusedAsync();

        await page.TabToAsync(page.Trash(user.Phones[0]));
        await keys.PressAsync("Enter");
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(page.Trash(user.Phones[0])).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await page.TabToAsync(page.OpenDialog().GetByLabel("to confirm"));
        await keys.TypeAsync("remove device");
        await keys.PressAsync("Enter");

        await Expect(page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Progress", Exact = true })).ToBeFocusedAsync();
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
    }

    [Fact]
    public async Task The_focus_is_always_seen_and_goes_around_the_whole_page()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var (page, keys) = (visit.Page, visit.Page.Keyboard);
        var skip = page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" });
        await skip.FocusAsync();
        await Expect(skip).ToBeInViewportAsync();

        var stops = new List<string>();
        do
        {
            await keys.PressAsync("Tab");
            stops.Add(await page.EvaluateAsync<string>(
                """
                () => {
                  const { tagName, textContent, ariaLabel } = document.activeElement;
                  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
                  const isSeen = document.activeElement === document.body || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2);
                  return `${isSeen ? '' : 'not seen: '}${tagName} ${ariaLabel ?? textContent.trim().slice(0, 40)}`;
                }
                """));
        }
        while (!await skip.EvaluateAsync<bool>("element => element === document.activeElement") && stops.Count < 80);

        Assert.Contains(stops, stop => stop.Contains("Remove device", StringComparison.Ordinal));
        Assert.InRange(stops.Count, 10, 79);
        Assert.DoesNotContain(stops, stop => stop.StartsWith("not seen", StringComparison.Ordinal));

        await keys.PressAsync("Enter");
        await Expect(page.Locator("main")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Closing_a_dialog_leads_back_to_what_opened_it()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var (page, keys) = (visit.Page, visit.Page.Keyboard);
        var unregister = page.GetByRole(AriaRole.Region, new() { Name = "Devices" }).GetByRole(AriaRole.Button, new() { Name = "Unregister All Devices" });

        await OpenAndLeaveAsync(unregister, () => keys.PressAsync("Escape"));
        await OpenAndLeaveAsync(unregister, () => page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Cancel" }).PressAsync("Enter"));
        await OpenAndLeaveAsync(unregister, () => page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Close" }).PressAsync("Enter"));
        await OpenAndLeaveAsync(page.Trash(user.Phones[0]), async () =>
        {
            await page.Button("Unregister all devices instead").PressAsync("Enter");
            await Expect(page.OpenDialog()).ToContainTextAsync("Unregister all devices of");
            await keys.PressAsync("Escape");
        });
        await page.GetByLabel("User lost their phone").CheckAsync();
        await OpenAndLeaveAsync(
            page.GetByTestId("recommendation").GetByRole(AriaRole.Button), () => keys.PressAsync("Escape"));
        await page.UnregisterAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Progress", Exact = true })).ToBeFocusedAsync();
        await OpenAndLeaveAsync(page.Button("Renew"), () => keys.PressAsync("Escape"));

        async Task OpenAndLeaveAsync(ILocator opener, Func<Task> leave)
        {
            await opener.PressAsync("Enter");
            await Expect(page.OpenDialog()).ToBeVisibleAsync();
            await leave();
            await Expect(page.OpenDialog()).ToHaveCountAsync(0);
            await Expect(opener).ToBeFocusedAsync();
        }
    }

    [Fact]
    public async Task The_focus_stays_in_an_open_dialog()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.Trash(user.Phones[0]).ClickAsync();
        await Expect(visit.Page.GetByTestId("plan")).ToBeVisibleAsync();

        for (var press = 0; press < 12; press++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            Assert.True(await visit.Page.EvaluateAsync<bool>("() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"));
        }
    }

    [Fact]
    public async Task Arrow_keys_move_the_choice_of_the_active_device_and_Enter_makes_it_once()
    {
        var user = await Cloud.NewUserAsync(phones: 3);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var (page, keys) = (visit.Page, visit.Page.Keyboard);
        var asked = new List<string>();
        page.Request += (_, request) => asked.AddRange(request.Method == "PUT" ? [request.Url] : []);
        await page.GetByRole(AriaRole.Radio, new() { Checked = true }).FocusAsync();

        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = $"Make {user.Phones[2]} the active device" })).ToBeVisibleAsync();
        await keys.PressAsync("Enter");

        await Expect(page.GetByTestId("device").Filter(new() { HasText = user.Phones[2] })).ToContainTextAsync("Active device");
        Assert.Single(asked);
        await Expect(page.Locator("#history li").Filter(new() { HasText = "the active device" })).ToHaveCountAsync(1);
    }
}
