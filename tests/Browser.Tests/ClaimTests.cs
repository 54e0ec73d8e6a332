using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Browser.Tests;

[Collection<UserPages>]
public sealed partial class ClaimTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task Its_time_counts_down_and_when_it_is_over_a_new_one_can_be_made()
    {
        var (user, visit) = await UnregisteredAsync();
        var countdown = visit.Page.GetByTestId("claim-countdown");
        await Expect(countdown).ToHaveTextAsync(MinutesLeft());

        // One that was sent is not prolonged meanwhile.
        await Cloud.PatchAsync(
            user, "claim", PatchOperation.Set("/channel", "sent"), PatchOperation.Set("/expiresAt", TimeProvider.System.GetUtcNow().AddSeconds(80)));
        await Expect(countdown).ToHaveTextAsync(MinuteLeft());
        await Expect(countdown).ToHaveTextAsync(SecondsLeft());
        await Cloud.PatchAsync(user, "claim", PatchOperation.Set("/expiresAt", TimeProvider.System.GetUtcNow().AddSeconds(6)));
        await Expect(visit.Page.GetByTestId("claim")).ToContainTextAsync("The claim QR code has expired");
        await Expect(visit.Page.GetByTestId("claim-qr")).ToHaveCountAsync(0);

        await visit.Page.Button("Renew claim QR code").ClickAsync();
        await visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Renew" }).ClickAsync();
        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        await Expect(countdown).ToHaveTextAsync(MinutesLeft());
    }

    [Fact]
    public async Task A_link_that_is_copied_works_for_hours()
    {
        var (_, visit) = await UnregisteredAsync();
        await Expect(visit.Page.GetByLabel("Link, for a user who cannot scan")).ToHaveCountAsync(0);

        await visit.Page.Button("Copy link").ClickAsync();

        await Expect(visit.Page.GetByText("Link copied.")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByTestId("claim-countdown")).ToHaveTextAsync(HoursLeft());
        Assert.Equal(
            await visit.Page.GetByLabel("Link, for a user who cannot scan").InputValueAsync(),
            await visit.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task I8_Renewing_shows_another_QR_code_and_ends_the_one_before()
    {
        var (user, visit) = await UnregisteredAsync();
        var phones = await visit.PhonesAsync(user);
        var qr = visit.Page.GetByTestId("claim-qr");
        var (before, picture) = (await Picture.ReadQrAsync(qr), await qr.GetAttributeAsync("src"));

        await visit.Page.Button("Renew").ClickAsync();
        await visit.Page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Renew" }).ClickAsync();

        await Expect(visit.Page.OpenDialog()).ToHaveCountAsync(0);
        await Expect(visit.Page.Button("Renew")).ToBeFocusedAsync();
        await Expect(qr).Not.ToHaveAttributeAsync("src", picture!);
        await Expect(qr).ToBeVisibleAsync();
        Assert.NotEqual(before, await Picture.ReadQrAsync(qr));
        await phones.Phone(user.Phones[0]).Control("Scan QR code").ClickAsync();
        await phones.GetByLabel("Link of the claim").FillAsync(before);
        await phones.Button("Scan this link").ClickAsync();
        await Expect(phones.Phone(user.Phones[0])).ToContainTextAsync("was replaced by a newer one");
        await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_print_of_a_claim_holds_the_claim_and_nothing_else()
    {
        var (user, visit) = await UnregisteredAsync();
        await visit.Page.EvaluateAsync("() => window.print = () => {}");

        await visit.Page.Button("Print").ClickAsync();
        await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });

        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("BlokSec: enroll your phone")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".print-name")).ToHaveTextAsync(user.Name);
        await Expect(visit.Page.GetByText("It works once, until")).ToBeVisibleAsync();
        foreach (var unwanted in new[] { ".sidebar", ".user-head", ".progress", "#devices", ".claim-side" })
        {
            await Expect(visit.Page.Locator(unwanted)).ToBeHiddenAsync();
        }

        await visit.Page.EvaluateAsync("() => dispatchEvent(new Event('afterprint'))");
        await Expect(visit.Page.Locator("#devices")).ToBeVisibleAsync();
        await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Screen });
    }

    private async Task<(BrowserUser User, Visit Visit)> UnregisteredAsync()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.UnregisterAsync();
        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        return (user, visit);
    }

    [GeneratedRegex(@"^in (23 h 59 min|1 d 0 h)$")]
    private static partial Regex HoursLeft();

    [GeneratedRegex(@"^in (9 min \d\d s|10 min 00 s)$")]
    private static partial Regex MinutesLeft();

    [GeneratedRegex(@"^in 1 min [01]\d s$")]
    private static partial Regex MinuteLeft();

    [GeneratedRegex(@"^in \d\d s$")]
    private static partial Regex SecondsLeft();
}
