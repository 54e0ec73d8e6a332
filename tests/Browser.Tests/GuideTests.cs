using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>The product's guide, row by row of its two tables, with the console and the phones side by side.</summary>
[Collection<TenantPages>]
public sealed class GuideTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Theory]
    [InlineData(0, "iOS")]
    [InlineData(1, "Android")]
    public async Task A_removed_phone_that_gets_the_push_shows_the_notification_and_resets(int index, string system)
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        var phones = await visit.PhonesAsync(user);
        await visit.OpenAsync(user);
        var (console, phone, other) = (visit.Page, phones.Phone(user.Phones[index]), phones.Phone(user.Phones[1 - index]));
        await Expect(phone).ToContainTextAsync("Enrolled");
        await Expect(phone).ToContainTextAsync(system);

        await console.RemoveAsync(user.Phones[index], "left in a taxi");

        await Expect(phone.GetByRole(AriaRole.Group, new() { Name = "Notification" })).ToContainTextAsync("Device Revoked");
        await Expect(phone.GetByRole(AriaRole.Group, new() { Name = "Notification" })).ToContainTextAsync("This device has been removed from your account.");
        await Expect(phone).ToContainTextAsync("Welcome to BlokSec");
        await Expect(other).ToContainTextAsync("Ready for sign-in requests");
        await Expect(console.Revocation(user.Phones[index])).ToContainTextAsync("Confirmed by the device");
        await Expect(console.Revocation(user.Phones[index])).ToContainTextAsync(index == 0 ? "Push accepted by Apple" : "Push accepted by Google");
        await Expect(console.GetByTestId("device")).ToHaveCountAsync(1);
        await Expect(console.GetByTestId("operation")).ToContainTextAsync("left in a taxi");
    }

    [Fact]
    public async Task A_removed_phone_that_did_not_get_the_push_learns_it_when_the_app_is_opened()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        var phones = await visit.PhonesAsync(user);
        await visit.OpenAsync(user);
        var phone = phones.Phone(user.Phones[0]);
        await phone.Switch("Lose pushes").TurnAsync(isOn: true);

        await visit.Page.RemoveAsync(user.Phones[0]);
        await Expect(visit.Page.Revocation(user.Phones[0])).ToContainTextAsync("Push accepted, not confirmed yet");
        await Expect(phone).ToContainTextAsync("Enrolled");
        await phone.Control("Open the app").ClickAsync();

        await Expect(phone).ToContainTextAsync("This account is no longer accessible.");
        await Expect(phone).ToContainTextAsync("Welcome to BlokSec");
        await Expect(visit.Page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
    }

    [Fact]
    public async Task After_unregistering_all_the_QR_code_on_the_page_enrolls_a_new_phone()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        var phones = await visit.PhonesAsync(user);
        await visit.OpenAsync(user);
        await Expect(phones.Phone(user.Phones[1])).ToContainTextAsync("Enrolled");

        await visit.Page.UnregisterAsync();
        foreach (var phone in user.Phones)
        {
            await Expect(phones.Phone(phone)).ToContainTextAsync("Welcome to BlokSec");
            await Expect(visit.Page.Revocation(phone)).ToContainTextAsync("Confirmed by the device");
        }

        var qr = visit.Page.GetByTestId("claim-qr");
        await Expect(qr).ToBeVisibleAsync();
        var link = await Picture.ReadQrAsync(qr);
        await phones.Button("New phone").ClickAsync();
        await phones.GetByLabel("Name").FillAsync("The new one");
        await phones.Button("Add the phone").ClickAsync();
        await phones.Phone("The new one").Control("Scan QR code").ClickAsync();
        await phones.GetByLabel("Link of the claim").FillAsync(link);
        await phones.Button("Scan this link").ClickAsync();

        await Expect(phones.Phone("The new one")).ToContainTextAsync("Ready for sign-in requests");
        await Expect(visit.Page.GetByTestId("claim")).ToContainTextAsync(new System.Text.RegularExpressions.Regex(@"Enrolled on iPhone 17, \d\d:\d\d"));
        await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(1);
        await Expect(visit.Page.GetByTestId("device")).ToContainTextAsync("The new one");
    }

    [Theory]
    [InlineData("User got a new phone and has a BlokSec backup", "No action needed", null)]
    [InlineData("User got a new phone and has no backup", "Click Unregister All Devices, then have the user scan the claim QR code", "Unregister All Devices")]
    [InlineData("User lost their phone", "Click Unregister All Devices to revoke access, then re-enroll when ready", "Unregister All Devices")]
    [InlineData("User has multiple devices and you want to remove one", "Click the trash icon on the specific device", "iPhone 16 Pro")]
    [InlineData("User is leaving the organization", "Remove the user’s accounts from your applications", "Remove all accounts")]
    public async Task Each_situation_of_the_guide_leads_to_its_action_and_that_to_its_end(string situation, string recommended, string? button)
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);

        await visit.Page.GetByLabel(situation).CheckAsync();

        var recommendation = visit.Page.GetByTestId("recommendation");
        await Expect(recommendation).ToContainTextAsync(recommended);
        var buttons = recommendation.GetByRole(AriaRole.Button);
        if (button is null)
        {
            await Expect(buttons).ToHaveCountAsync(0);
            return;
        }

        await buttons.Filter(new() { HasText = button }).ClickAsync();
        if (button == "Unregister All Devices")
        {
            await visit.Page.ConfirmAsync("unregister all devices", "Unregister all devices");
            await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
            await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(0);
        }
        else if (button == "Remove all accounts")
        {
            await visit.Page.ConfirmAsync("remove accounts", "Remove accounts");
            await Expect(visit.Page.GetByTestId("operation")).ToContainTextAsync("Removed all accounts");
            await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(2);
        }
        else
        {
            await visit.Page.ConfirmAsync("remove device", "Remove device");
            await Expect(visit.Page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
            await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(1);
        }
    }

    [Fact]
    public async Task A_restored_phone_becomes_a_second_device_and_the_old_one_can_be_retired()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        var phones = await visit.PhonesAsync(user);
        await phones.Phone(user.Phones[0]).Control("Back up").ClickAsync();
        await phones.Button("New phone").ClickAsync();
        await phones.GetByLabel("Name").FillAsync("Restored phone");
        await phones.Button("Add the phone").ClickAsync();
        await phones.Phone("Restored phone").Control("Restore from backup").ClickAsync();
        await phones.OpenDialog().GetByRole(AriaRole.Button, new() { Name = "Backup of" }).First.ClickAsync();
        await Expect(phones.Phone("Restored phone")).ToContainTextAsync("Ready for sign-in requests");

        await visit.OpenAsync(user);
        await Expect(visit.Page.GetByTestId("device")).ToHaveCountAsync(2);
        await visit.Page.RemoveAsync(user.Phones[0]);

        await Expect(phones.Phone(user.Phones[0])).ToContainTextAsync("Welcome to BlokSec");
        await Expect(phones.Phone("Restored phone")).ToContainTextAsync("Ready for sign-in requests");
    }
}
