using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Browser.Tests;

/// <summary>axe (WCAG 2.2 AA) finds nothing in any state of any page or dialog, light on a desk and dark on a phone; and nothing has to be scrolled sideways.</summary>
[Collection<TenantPages>]
public sealed class AccessibilityTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    private static readonly Dictionary<string, string> Everybody = new() { ["Access-Control-Allow-Origin"] = "*" };

    [Fact]
    public async Task Signing_in_and_out()
    {
        var visit = Visitor();
        await visit.ArriveAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Choose who you are" })).ToBeVisibleAsync();
        await Axe.CheckAsync(visit.Page, "sign-in");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = Visit.Nobody }).ClickAsync();
        await Expect(visit.Page.GetByTestId("no-permission")).ToBeVisibleAsync();
        await Axe.CheckAsync(visit.Page, "no permission");

        await visit.Page.Button("Sign out").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "You are signed out" })).ToBeVisibleAsync();
        await Axe.CheckAsync(visit.Page, "signed out");
    }

    [Fact]
    public async Task Users_found_and_not_found_on_their_way_and_out_of_reach()
    {
        var visit = Visitor();
        visit.Expected = new("status of 503");
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await Expect(page.GetByRole(AriaRole.Row).Nth(5)).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table)).ToHaveAttributeAsync("aria-busy", "false");
        await Axe.CheckAsync(page, "users");
        await page.RouteAsync("**/api/users?search*", route => route.FulfillAsync(new() { Status = 503, Headers = Everybody }));
        await page.GetByLabel("Search users").FillAsync("nobody of this name");
        await Expect(page.GetByTestId("problem")).ToContainTextAsync("What you see was found before");
        await Axe.CheckAsync(page, "users with a search out of reach");
        await page.UnrouteAllAsync(new() { Behavior = UnrouteBehavior.Wait });
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No user found" })).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "no user found");

        var held = new TaskCompletionSource();
        await page.RouteAsync("**/api/users?*", async route =>
        {
            await held.Task;
            await route.FulfillAsync(new() { Status = 503, Headers = Everybody });
        });
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Status, new() { Name = "Loading users" })).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "loading users");
        held.SetResult();
        await Expect(page.GetByTestId("problem")).ToContainTextAsync("A service that the API needs does not respond");
        await Axe.CheckAsync(page, "users out of reach");
        await page.RouteAsync("**/api/users?*", route => route.FulfillAsync(new() { Json = new { users = Array.Empty<object>() }, Headers = Everybody }));
        await page.RouteAsync("**/api/users?search*", route => route.ContinueAsync());
        await page.GetByLabel("Search users").FillAsync("");
        await Expect(page.GetByTestId("no-users")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "no users");
        await page.UnrouteAllAsync(new() { Behavior = UnrouteBehavior.Wait });
        await page.Button("Look again").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Nth(5)).ToBeVisibleAsync();

        await visit.FollowAsync("guide", "User & Device Management");
        await Axe.CheckAsync(page, "guide");
        await visit.FollowAsync("no-such-page", "There is no such page");
        await Axe.CheckAsync(page, "no such page");
    }

    [Fact]
    public async Task A_user_from_loading_to_enrolled_again()
    {
        var user = await Cloud.NewUserAsync(phones: 3, accounts: 12);
        var visit = Visitor();
        visit.Expected = new("status of (404|409|503)|INTERNET_DISCONNECTED");
        await visit.SignInAsync(Visit.Alice, "users/no-such-user");
        var page = visit.Page;
        await Expect(page.GetByTestId("no-such-user")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "no such user");
        using (Cloud.Cloud.Traffic.Add(new FaultRule { StandIn = "cosmos", Contains = user.UserId, Status = 503 }))
        {
            await visit.FollowAsync($"users/{user.UserId}", "User");
            await Expect(page.GetByTestId("problem")).ToBeVisibleAsync();
            await Axe.CheckAsync(page, "user out of reach");
        }

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = user.Name })).ToBeVisibleAsync();
        await page.GetByLabel("User lost their phone").CheckAsync();
        await Axe.CheckAsync(page, "user");

        await page.Trash(user.Phones[0]).ClickAsync();
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await page.OpenDialog().GetByLabel("to confirm").FillAsync("Remove");
        await page.Keyboard.PressAsync("Enter");
        await Axe.CheckAsync(page, "removal with a wrong phrase");
        await Cloud.Cloud.Container.DeleteItemStreamAsync(
            $"device:{user.DeviceIds[2]}",
            new PartitionKeyBuilder().Add(user.TenantId).Add(user.UserId).Build(),
            cancellationToken: TestContext.Current.CancellationToken);
        await page.ConfirmAsync("remove device", "Remove device");
        await Expect(page.GetByTestId("stale-plan")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "stale plan");
        await page.Keyboard.PressAsync("Escape");

        await page.GetByRole(AriaRole.Region, new() { Name = "Devices" }).GetByRole(AriaRole.Button, new() { Name = "Unregister All Devices" }).ClickAsync();
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "unregistration");
        await page.ConfirmAsync("unregister all devices", "Unregister all devices");
        await Expect(page.GetByTestId("claim-qr")).ToBeVisibleAsync();
        await Expect(page.Revocation(user.Phones[1])).ToContainTextAsync("Confirmed by the device");
        await Axe.CheckAsync(page, "unregistered user");
        await page.Button("Renew").ClickAsync();
        await Expect(page.OpenDialog()).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "renewal of the claim");
        await page.Keyboard.PressAsync("Escape");

        await page.Context.SetOfflineAsync(true);
        await Expect(page.GetByText("You are offline.")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "offline");
        await page.Context.SetOfflineAsync(false);
        await page.RouteAsync($"**/api/users/{user.UserId}", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new()
            {
                Response = answer,
                Body = (await answer.TextAsync()).Replace("\"succeeded\"", "\"failed\"", StringComparison.Ordinal),
            });
        });
        await Expect(page.GetByTestId("operation")).ToContainTextAsync("A step could not be carried out");
        await Axe.CheckAsync(page, "failed operation");
    }

    [Theory]
    [InlineData(DemoPeople.NoDevices, "No device is registered.")]
    [InlineData(DemoPeople.Invited, "claim QR code")]
    [InlineData(DemoPeople.ManyDevices, "30")]
    [InlineData(DemoPeople.ManyAccounts, "5,000")]
    public async Task Unusual_users(string userId, string shown)
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice, $"users/{userId}");

        await Expect(visit.Page.Locator(".user-head")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("main")).ToContainTextAsync(shown);
        await Axe.CheckAsync(visit.Page, userId);
    }

    [Fact]
    public async Task A_user_with_very_long_names()
    {
        const string Long = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren";
        var user = await Cloud.NewUserAsync(phones: 2);
        await Cloud.PatchAsync(
            user,
            "user",
            PatchOperation.Set("/familyName", Long),
            PatchOperation.Set("/email", $"{Long}.{Long}@contoso.example"));
        await Cloud.PatchAsync(
            user, $"device:{user.DeviceIds[0]}", PatchOperation.Set("/name", $"Phone of {Long}{Long}"), PatchOperation.Set("/model", Long));
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice, $"users?search={Uri.EscapeDataString(user.Name)}");
        var page = visit.Page;
        await Expect(page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Table)).ToHaveAttributeAsync("aria-busy", "false");
        await Axe.CheckAsync(page, "a long name in the list");
        await page.GetByRole(AriaRole.Link, new() { Name = Long }).ClickAsync();
        await Expect(page.GetByTestId("device")).ToHaveCountAsync(2);
        await Axe.CheckAsync(page, "a long name");
        await page.Trash($"Phone of {Long}{Long}").ClickAsync();
        await Expect(page.GetByTestId("plan")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "a long name in the removal");
    }

    [Fact]
    public async Task Phones_their_switches_and_dialogs()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        visit.Expected = new("status of 404");
        var phones = await visit.PhonesAsync(user);
        var phone = phones.Phone(user.Phones[0]);
        await Expect(phone).ToContainTextAsync("Enrolled");
        await phone.Control("Back up").ClickAsync();
        await phone.Switch("Offline").TurnAsync(isOn: true);
        await Axe.CheckAsync(phones, "phones");
        await phone.Control("Delete the app").ClickAsync();
        await Expect(phone).ToContainTextAsync("No BlokSec app");
        await Axe.CheckAsync(phones, "app deleted");
        await phone.Control("Reinstall the app").ClickAsync();
        await phones.Button("New phone").ClickAsync();
        await Axe.CheckAsync(phones, "new phone");
        await phones.Keyboard.PressAsync("Escape");
        await phone.Control("Scan QR code").ClickAsync();
        await Expect(phones.OpenDialog()).ToContainTextAsync("The console shows no claim QR code");
        await Axe.CheckAsync(phones, "scan");
        await phones.Keyboard.PressAsync("Escape");
        await phone.Control("Restore from backup").ClickAsync();
        await Expect(phones.OpenDialog()).Not.ToContainTextAsync("Checking…");
        await Axe.CheckAsync(phones, "restore");
        await phones.Keyboard.PressAsync("Escape");
        await visit.OpenAsync(user);
        await visit.Page.RemoveAsync(user.Phones[1]);
        await Expect(phones.Phone(user.Phones[1])).ToContainTextAsync("Device Revoked");
        await Axe.CheckAsync(phones, "revoked");
    }
}
