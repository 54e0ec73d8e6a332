using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

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

        await TabToAsync(page, page.GetByLabel("Search users"));
        await keys.TypeAsync(user.Name.Split(' ')[0]);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = user.Name })).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("user-count")).ToContainTextAsync("1 user");
        await keys.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = user.Name })).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = user.Name })).ToBeFocusedAsync();

        await TabToAsync(page, page.Trash(user.Phones[0]));
        await keys.PressAsync("Enter");
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(page.Trash(user.Phones[0])).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await TabToAsync(page, page.OpenDialog().GetByLabel("to confirm"));
        await keys.TypeAsync("remove device");
        await keys.PressAsync("Enter");

        await Expect(page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
    }

    /// <summary>Presses Tab until something has the focus, as somebody without a mouse would; fails when it is never reached.</summary>
    private static async Task TabToAsync(IPage page, ILocator target)
    {
        for (var press = 0; press < 80; press++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail("The keyboard does not get there.");
    }
}
