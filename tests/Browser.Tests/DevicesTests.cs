using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Browser.Tests;

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
        await Expect(Fact(first, "Push notifications")).ToHaveTextAsync("Receiving");
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
    public async Task The_active_device_is_chosen_with_a_radio_button()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await Expect(Choice(visit, user.Phones[0])).ToBeCheckedAsync();

        await Choice(visit, user.Phones[1]).CheckAsync();

        // What is shown at once is the wish; this is the answer.
        await Expect(visit.Page.GetByText("is the active device now")).ToBeAttachedAsync();
        await Expect(Device(visit, user.Phones[1])).ToContainTextAsync("Active device");
        await Expect(Device(visit, user.Phones[0])).Not.ToContainTextAsync("Active device");
        await visit.FollowAsync("guide", "User & Device Management");
        await visit.FollowAsync($"users/{user.UserId}", user.Name);
        await Expect(Choice(visit, user.Phones[1])).ToBeCheckedAsync();
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

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC.*\)$")]
    private static partial Regex ExactTime();
}
