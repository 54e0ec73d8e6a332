using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Browser.Tests;

[Collection<TenantPages>]
public sealed partial class DevicesTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task A_device_is_shown_with_model_system_last_use_and_whether_push_reaches_it()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);

        var first = Device(visit, user.Phones[0]);
        await Expect(first).ToContainTextAsync("iPhone 16 Pro");
        await Expect(Fact(first, "System")).ToContainTextAsync("iOS 19.1");
        await Expect(Fact(first, "Push notifications")).ToContainTextAsync("Receiving");
        await Expect(first).ToContainTextAsync("Active device");
        var second = Device(visit, user.Phones[1]);
        await Expect(Fact(second, "System")).ToContainTextAsync("Android 16");
        await Expect(second).Not.ToContainTextAsync("Active device");
        var lastActive = Fact(second, "Last active").Locator("time");
        await Expect(lastActive).ToHaveTextAsync("5 hours ago");
        await Expect(lastActive).ToHaveAttributeAsync("title", ExactTime());
        var exact = DateTimeOffset.Parse((await lastActive.GetAttributeAsync("datetime"))!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(TimeProvider.System.GetUtcNow() - exact, TimeSpan.FromHours(5), TimeSpan.FromHours(6));
    }

    [Fact]
    public async Task The_active_device_is_chosen_with_a_radio_button_and_is_active_when_the_API_says_so()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await Expect(Choice(visit, user.Phones[0])).ToBeCheckedAsync();
        var held = new TaskCompletionSource();
        await visit.Page.RouteAsync("**/active-device", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });

        await Choice(visit, user.Phones[1]).CheckAsync();
        await Expect(Device(visit, user.Phones[1])).ToContainTextAsync("Becoming active");
        await Expect(Device(visit, user.Phones[0])).ToContainTextAsync("Active device");
        held.SetResult();

        await Expect(Device(visit, user.Phones[1])).ToContainTextAsync("Active device");
        await Expect(Device(visit, user.Phones[0])).Not.ToContainTextAsync("Active device");
        await Expect(visit.Page.GetByText("is the active device now")).ToBeAttachedAsync();
        await visit.FollowAsync("guide", "User & Device Management");
        await visit.FollowAsync($"users/{user.UserId}", user.Name);
        await Expect(Choice(visit, user.Phones[1])).ToBeCheckedAsync();
    }

    [Fact]
    public async Task A_choice_that_is_refused_leaves_the_active_device_and_says_why()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        visit.Expected = ReportedConflict();
        await visit.OpenAsync(user);
        await Cloud.PatchAsync(user, $"device:{user.DeviceIds[1]}", PatchOperation.Remove("/pushHandle"));

        await Choice(visit, user.Phones[1]).ClickAsync();

        await Expect(visit.Page.GetByTestId("problem")).ToContainTextAsync("Push notifications cannot reach this device");
        await Expect(Choice(visit, user.Phones[0])).ToBeCheckedAsync();
        await Expect(Device(visit, user.Phones[0])).ToContainTextAsync("Active device");
        await Expect(Device(visit, user.Phones[1])).Not.ToContainTextAsync("Active device");
    }

    [Fact]
    public async Task A_device_that_push_cannot_reach_says_why_and_cannot_become_the_active_one()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        await Cloud.PatchAsync(
            user,
            $"device:{user.DeviceIds[1]}",
            PatchOperation.Remove("/pushHandle"),
            PatchOperation.Set("/pushStatus", "notReceiving"),
            PatchOperation.Set("/pushReason", "Google says the app was removed from this phone."));
        var visit = Visitor();
        await visit.OpenAsync(user);

        var push = Fact(Device(visit, user.Phones[1]), "Push notifications");
        await Expect(push).ToContainTextAsync("Not receiving");
        await Expect(push).ToContainTextAsync("Google says the app was removed from this phone.");
        await Expect(push).ToContainTextAsync("Cannot become active: it has no push token.");
        await Expect(Choice(visit, user.Phones[1])).ToBeDisabledAsync();
        await visit.Page.Trash(user.Phones[1]).ClickAsync();
        await Expect(visit.Page.GetByTestId("plan")).ToContainTextAsync("Push cannot reach it.");
    }

    private static ILocator Device(Visit visit, string phone) => visit.Page.GetByTestId("device").Filter(new() { HasText = phone });

    private static ILocator Fact(ILocator device, string name) =>
        device.Locator("dl > div").Filter(new() { HasText = name }).Locator("dd");

    private static ILocator Choice(Visit visit, string phone) =>
        visit.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex($"^Active device: {Regex.Escape(phone)}") });

    [GeneratedRegex("status of 409")]
    private static partial Regex ReportedConflict();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC.*\)$")]
    private static partial Regex ExactTime();
}
