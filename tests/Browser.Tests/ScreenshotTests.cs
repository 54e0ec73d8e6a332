using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Local.Seed;

namespace BlokSec.Browser.Tests;

/// <summary>The pictures of the documents, of the pages as they are.</summary>
[Collection<TenantPages>]
public sealed class ScreenshotTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task Each_page_of_the_documents_has_its_picture()
    {
        var visit = Visitor(new VisitOptions { Width = 1280, Height = 860 });
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await Expect(page.GetByRole(AriaRole.Row).Nth(8)).ToBeVisibleAsync();
        await Picture.OfDocumentsAsync(page, "users");

        await visit.FollowAsync("guide", "User & Device Management");
        await Picture.OfDocumentsAsync(page, "guide");

        await visit.FollowAsync($"users/{DemoPeople.ThreePhones}/authentication-requests", "Authentication requests");
        await Expect(page.GetByTestId("request").First).ToBeVisibleAsync();
        await Picture.OfDocumentsAsync(page, "requests");
        await page.GetByTestId("request").First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByTestId("timeline")).ToBeVisibleAsync();
        await Picture.OfDocumentsAsync(page, "request");

        await visit.FollowAsync($"users/{DemoPeople.ThreePhones}", "Maria Lopez");
        await Expect(page.GetByTestId("device")).ToHaveCountAsync(3);
        await Picture.OfDocumentsAsync(page, "user");
        await page.GetByTestId("device").First.ScrollIntoViewIfNeededAsync();
        await page.Trash("Maria's Pixel 9").ClickAsync();
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await Picture.OfDocumentsAsync(page, "removal");
        await page.Keyboard.PressAsync("Escape");

        await page.UnregisterAsync();
        await Expect(page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        await Expect(page.GetByText("Confirmed by the device").Nth(2)).ToBeVisibleAsync();
        await page.EvaluateAsync("() => window.scrollTo(0, 0)");
        await Picture.OfDocumentsAsync(page, "unregistered");
        await page.GetByTestId("claim-qr").ScrollIntoViewIfNeededAsync();
        await Picture.OfDocumentsAsync(page, "claim");

        var phones = await visit.PhonesAsync(new BrowserUser(DemoPeople.Contoso, DemoPeople.ThreePhones, "Maria Lopez", [], []));
        await Expect(phones.Phone("Maria's Pixel 9")).ToContainTextAsync("Device Revoked");
        await Expect(phones.GetByLabel("Phones of")).ToContainTextAsync("Maria Lopez");
        await Picture.OfDocumentsAsync(phones, "phones");
    }
}
