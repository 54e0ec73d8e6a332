using System.Globalization;
using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>A phone in other hands that is switched off: what it accepted is reviewed, and its push is sent once more.</summary>
[Collection<UserPages>]
public sealed class StolenPhoneTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task What_it_accepted_since_then_is_listed_and_it_is_nudged()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        var phones = await visit.PhonesAsync(user);
        await phones.Phone(user.Phones[0]).Switch("Lose pushes").TurnAsync(isOn: true);
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.Trash(user.Phones[0]).ClickAsync();
        var dialog = page.OpenDialog();
        await dialog.GetByLabel("to confirm").FillAsync("remove device");
        await dialog.GetByLabel("Lost since").FillAsync(Text(2));
        await dialog.GetByLabel("to confirm").PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("This is in the future.");
        await Expect(dialog.GetByLabel("Lost since")).ToBeFocusedAsync();
        await dialog.GetByLabel("Lost since").FillAsync(Text(-80));
        await Axe.CheckAsync(page, "lost since");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove device", Exact = true }).ClickAsync();

        var lost = page.GetByTestId("lost-sign-ins");
        await Expect(lost).ToContainTextAsync("to review");
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Push accepted, not confirmed yet");
        await lost.ScrollIntoViewIfNeededAsync();
        await Axe.CheckAsync(page, "sign-ins to review");
        await phones.Phone(user.Phones[0]).Switch("Lose pushes").TurnAsync(isOn: false);

        await page.GetByRole(AriaRole.Button, new() { Name = "Send the push again to" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
        await page.GetByText("Attempts of the push").ClickAsync();
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("push sent again by hand");

        await lost.GetByRole(AriaRole.Link, new() { Name = "Show them in the list" }).ClickAsync();
        await Expect(page.GetByLabel("Only for review")).ToBeCheckedAsync();
        await Expect(page.GetByTestId("request").First).ToContainTextAsync("Review");
        await Expect(page.GetByLabel("Device").Locator("option:checked")).ToContainTextAsync($"{user.Phones[0]}, removed");
        await page.GetByTestId("request").First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByTestId("for-review")).ToBeVisibleAsync();
    }

    private static string Text(int days) => TimeProvider.System.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
