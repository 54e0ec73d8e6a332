using System.Text.RegularExpressions;

namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>The parts of the pages, found as a person finds them: by role and name.</summary>
internal static class Pages
{
    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator OpenDialog(this IPage page) => page.GetByRole(AriaRole.Dialog);

    public static ILocator Trash(this IPage page, string phone) =>
        page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"^Remove device {Regex.Escape(phone)},") });

    /// <summary>What became of a removed device.</summary>
    public static ILocator Revocation(this IPage page, string phone) =>
        page.GetByTestId("revocation").Filter(new() { HasText = phone });

    /// <summary>A virtual phone.</summary>
    public static ILocator Phone(this IPage page, string phone) => page.GetByRole(AriaRole.Article, new() { Name = phone, Exact = true });

    public static ILocator Control(this ILocator phone, string name) => phone.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Switch(this ILocator phone, string name) => phone.GetByRole(AriaRole.Switch, new() { Name = name, Exact = true });

    /// <summary>Turns a switch that is not so yet. The page may draw it once more as it was before the phone says so.</summary>
    public static async Task TurnAsync(this ILocator switched, bool isOn)
    {
        await switched.ClickAsync();
        await Expect(switched).ToBeCheckedAsync(new() { Checked = isOn });
    }

    /// <summary>Presses Tab until something has the focus, as somebody without a mouse would; fails when it is never reached, or when a focus is not seen.</summary>
    public static async Task TabToAsync(this IPage page, ILocator target)
    {
        for (var press = 0; press < 80; press++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
            Assert.Equal("", await page.EvaluateAsync<string>(
                """
                () => {
                  // The outline of a link that stands for its row goes around the row; that of the calendar of a date is the browser's own.
                  const isSeen = [null, '::after'].some(part => {
                    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement, part);
                    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
                  });
                  return isSeen || document.activeElement === document.body || document.activeElement.type === 'date' ? '' : document.activeElement.outerHTML.slice(0, 160);
                }
                """));
        }

        Assert.Fail("The keyboard does not get there.");
    }

    /// <summary>Types the phrase in the open dialog and confirms.</summary>
    public static async Task ConfirmAsync(this IPage page, string phrase, string button, string? reason = null)
    {
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await page.OpenDialog().GetByLabel("to confirm").FillAsync(phrase);
        if (reason is not null)
        {
            await page.OpenDialog().GetByLabel("Reason").FillAsync(reason);
        }

        await page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }

    /// <summary>Removes a device from its row to the closed dialog.</summary>
    public static async Task RemoveAsync(this IPage page, string phone, string? reason = null)
    {
        await page.Trash(phone).ClickAsync();
        await page.ConfirmAsync("remove device", "Remove device", reason);
        await Expect(page.OpenDialog()).ToHaveCountAsync(0);
    }

    /// <summary>Unregisters all devices, from the button below the device list to the closed dialog.</summary>
    public static async Task UnregisterAsync(this IPage page)
    {
        await page.GetByRole(AriaRole.Region, new() { NameRegex = new Regex("^Devices") }).GetByRole(
            AriaRole.Button, new() { Name = "Unregister All Devices", Exact = true }).ClickAsync();
        await page.ConfirmAsync("unregister all devices", "Unregister all devices");
        await Expect(page.OpenDialog()).ToHaveCountAsync(0);
    }
}
