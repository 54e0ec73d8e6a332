using System.Text.RegularExpressions;
using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Browser.Tests;

/// <summary>What an administrator sees when something is slow or broken.</summary>
[Collection<UserPages>]
public sealed partial class TroubleTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task Progress_survives_a_reload_in_the_middle_of_an_unregistration()
    {
        var user = await Cloud.NewUserAsync(phones: 2, accounts: 3);
        var visit = Visitor();
        await visit.OpenAsync(user);
        using (Cloud.Cloud.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Contains = "did-resets", Status = 503 }))
        {
            await visit.Page.UnregisterAsync();
            await Expect(visit.Page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");

            await visit.Page.ReloadAsync();

            await Expect(visit.Page.GetByTestId("operation")).ToHaveAttributeAsync("data-status", "Running");
            await Expect(visit.Page.GetByTestId("claim")).ToContainTextAsync("The claim QR code is being created");
        }

        await Expect(visit.Page.GetByTestId("operation")).ToHaveAttributeAsync("data-status", "Succeeded");
        await Expect(visit.Page.GetByTestId("claim-qr")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_provider_that_refuses_is_told_with_its_reason_and_the_next_try()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        using (Cloud.Cloud.Traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Status = 429, Reason = "TooManyRequests" }))
        {
            await visit.Page.RemoveAsync(user.Phones[0]);

            await Expect(visit.Page.Revocation(user.Phones[0])).ToContainTextAsync("Blocked, not confirmed yet");
            await Expect(visit.Page.Revocation(user.Phones[0])).ToContainTextAsync("Retrying the push: Apple has not accepted it yet");
            await Expect(visit.Page.Revocation(user.Phones[0])).ToContainTextAsync(TriedAgain());
        }
    }

    [Fact]
    public async Task An_outage_of_the_database_is_told_and_over_when_it_is_over()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        visit.Expected = ReportedOutage();
        await visit.SignInAsync(Visit.Alice);
        using (Cloud.Cloud.Traffic.Add(new FaultRule { StandIn = "cosmos", Contains = user.UserId, Status = 503 }))
        {
            await visit.FollowAsync($"users/{user.UserId}", "User");
            await Expect(visit.Page.GetByTestId("problem")).ToContainTextAsync("unavailable");
            await visit.Page.Button("Try again").ClickAsync();
        }

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = user.Name })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_search_during_an_outage_keeps_the_list_and_is_answered_when_it_is_over()
    {
        var user = await Cloud.NewUserAsync(phones: 0);
        var visit = Visitor();
        visit.Expected = ReportedOutage();
        await visit.SignInAsync(Visit.Alice);
        var rows = visit.Page.GetByRole(AriaRole.Row);
        await Expect(rows.Nth(5)).ToBeVisibleAsync();
        using (Cloud.Cloud.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Status = 503 }))
        {
            await visit.Page.GetByLabel("Search users").FillAsync(user.Name);
            await Expect(visit.Page.GetByTestId("problem")).ToContainTextAsync("tried again by itself");
            await Expect(rows.Nth(5)).ToBeVisibleAsync();
        }

        await Expect(visit.Page.GetByTestId("problem")).ToHaveCountAsync(0);
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(1)).ToContainTextAsync(user.Name);
        await Expect(visit.Page.GetByLabel("Search users")).ToHaveValueAsync(user.Name);
    }

    [Fact]
    public async Task I11_Without_the_internet_a_removal_is_shown_at_once_and_followed_to_its_end()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        visit.Expected = ReportedOffline();
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.EvaluateAsync(
            "() => { Object.defineProperty(navigator, 'onLine', { get: () => false, configurable: true }); dispatchEvent(new Event('offline')); }");
        await page.RouteAsync($"**/api/users/{user.UserId}", route => route.AbortAsync());

        await page.RemoveAsync(user.Phones[0]);

        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Blocked, not confirmed yet");
        await Expect(page.GetByTestId("device")).ToHaveCountAsync(1);
        await page.UnrouteAllAsync(new() { Behavior = UnrouteBehavior.Wait });
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
        await Expect(page.GetByText("You are offline.")).ToHaveCountAsync(0);
        await page.EvaluateAsync("() => { delete navigator.onLine; dispatchEvent(new Event('online')); }");
    }

    [Fact]
    public async Task Being_offline_is_told_and_over_when_it_is_over()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        visit.Expected = ReportedOffline();
        await visit.OpenAsync(user);

        await visit.Page.Context.SetOfflineAsync(true);
        await Expect(visit.Page.GetByText("You are offline.")).ToBeVisibleAsync();
        await visit.Page.Context.SetOfflineAsync(false);

        await Expect(visit.Page.GetByText("You are offline.")).ToHaveCountAsync(0);
    }

    [GeneratedRegex(@"\w+.*\. Tried 1 time\. Next attempt .*, until ")]
    private static partial Regex TriedAgain();

    [GeneratedRegex("status of 503")]
    private static partial Regex ReportedOutage();

    [GeneratedRegex("INTERNET_DISCONNECTED|Failed to fetch|NETWORK|ERR_FAILED")]
    private static partial Regex ReportedOffline();
}
