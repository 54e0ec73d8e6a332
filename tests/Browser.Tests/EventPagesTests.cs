using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>Event deliveries and provisioning, on a desk and on a phone, light and dark, with the keyboard alone.</summary>
[Collection<TenantPages>]
public sealed class EventPagesTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    private static readonly Dictionary<string, string> Everybody = new() { ["Access-Control-Allow-Origin"] = "*" };

    [Fact]
    public async Task Streams_and_their_events_are_shown_in_every_state()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await page.RouteAsync("**/api/signals/streams", route => route.FulfillAsync(new() { Json = new { streams = Array.Empty<object>() }, Headers = Everybody }));
        await visit.FollowAsync("event-deliveries", "Event deliveries");
        await Expect(page.GetByTestId("no-streams")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "no streams of events");

        await page.RouteAsync("**/api/signals/streams", route => route.FulfillAsync(new() { Json = new { streams = Streams() }, Headers = Everybody }));
        await page.RouteAsync("**/api/signals/streams/s-1/events*", route => route.FulfillAsync(new() { Json = new { events = Events() }, Headers = Everybody }));
        await page.RouteAsync("**/api/signals/streams/s-2/events*", route => route.FulfillAsync(new() { Json = new { events = Array.Empty<object>() }, Headers = Everybody }));
        await page.GetByRole(AriaRole.Button, new() { Name = "Refresh" }).Or(page.GetByTestId("as-of").GetByRole(AriaRole.Button)).First.ClickAsync();
        await Expect(page.GetByTestId("streams").GetByRole(AriaRole.Row)).ToHaveCountAsync(4);
        await Axe.CheckAsync(page, "streams of events");
        await page.GetByRole(AriaRole.Link, new() { Name = "Payroll sessions" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("events").GetByRole(AriaRole.Row)).ToHaveCountAsync(6);
        await page.GetByText("Attempts", new() { Exact = true }).First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("The receiver answered 500.").First).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "events of a stream");
        await visit.FollowAsync("event-deliveries/s-2", "wiki");
        await Expect(page.GetByTestId("no-events")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "a stream without events");
    }

    [Fact]
    public async Task Provisioning_tokens_are_made_and_revoked_with_the_keyboard()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await visit.FollowAsync("provisioning", "Provisioning");
        await page.GetByTestId("create-token").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.OpenDialog()).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "creating a provisioning token");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("create-token")).ToBeFocusedAsync();
        await Axe.CheckAsync(page, "provisioning");
    }

    [Fact]
    public async Task The_menu_of_a_phone_opens_names_every_page_and_closes_behind_whoever_leaves()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await page.SetViewportSizeAsync(390, 800);
        var (menu, links) = (page.Button("Menu"), page.Locator(".sidebar nav a"));
        await Expect(links.First).ToBeHiddenAsync();
        Assert.InRange(await page.EvaluateAsync<double>("() => document.querySelector('.sidebar').getBoundingClientRect().height"), 40, 120);

        await menu.PressAsync("Enter");
        await Expect(menu).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(links).ToHaveCountAsync(12);
        await Expect(links.Last).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "the menu of a phone");
        await page.SetViewportSizeAsync(390, 800);
        // The check looked at wide pages too, where there is no button.
        await menu.FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(links.First).ToBeHiddenAsync();
        await Expect(menu).ToBeFocusedAsync();

        await menu.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Operations", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Operations" })).ToBeVisibleAsync();
        await Expect(links.First).ToBeHiddenAsync();
        await Expect(menu).ToHaveAttributeAsync("aria-expanded", "false");
    }

    [Fact]
    public async Task An_application_leads_to_the_events_that_it_receives()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice);
        var page = visit.Page;
        await page.RouteAsync("**/api/signals/streams", route => route.FulfillAsync(new() { Json = new { streams = Array.Empty<object>() }, Headers = Everybody }));
        await visit.FollowAsync("applications", "Applications");
        await page.Locator("a.row-link").First.ClickAsync();
        await Expect(page.GetByTestId("application-streams")).ToContainTextAsync("receives no events");
        var clientId = await page.Locator(".facts code").First.TextContentAsync();
        await page.RouteAsync("**/api/signals/streams", route => route.FulfillAsync(new() { Json = new { streams = Streams(clientId!) }, Headers = Everybody }));
        await page.ReloadAsync();

        await Expect(page.GetByTestId("application-streams").GetByRole(AriaRole.Link)).ToHaveCountAsync(1);
        await Axe.CheckAsync(page, "an application with a stream of events");
        await Expect(page.GetByTestId("application-streams").GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "event-deliveries/s-1");
    }

    private static object[] Streams(string clientId = "payroll") =>
    [
        Stream("s-1", clientId, "Payroll sessions", "enabled"),
        Stream("s-2", "wiki", null, "paused"),
        Stream("s-3", "a-client-with-a-very-long-name-that-has-no-blank-to-break-at-0000", null, "disabled"),
    ];

    private static object Stream(string id, string clientId, string? description, string status) => new
    {
        streamId = id,
        clientId,
        description,
        pushed = id != "s-2",
        endpoint = id == "s-2" ? null : "https://payroll.example.com/security/events/of/a/receiver/with/a/long/path",
        events = new[] { "https://schemas.openid.net/secevent/caep/event-type/session-revoked" },
        status,
        statusReason = status == "paused" ? "Maintenance until five." : null,
        createdAt = "2026-11-20T08:00:00Z",
    };

    private static object[] Events() =>
        [.. new[] { "waiting", "delivered", "refused", "givenUp", "dropped" }.Select((state, index) => new
        {
            eventId = $"e-{index}",
            eventType = "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
            userId = $"user-{index}-0123456789abcdef0123456789abcdef",
            state,
            reason = state is "refused" or "givenUp" ? "The receiver answered 500." : null,
            createdAt = "2026-11-20T08:00:00Z",
            settledAt = state == "waiting" ? null : "2026-11-20T08:01:00Z",
            nextAttemptAt = state == "waiting" ? "2026-11-20T09:00:00Z" : null,
            attempts = 2,
            history = new[] { new { at = "2026-11-20T08:00:30Z", outcome = "The receiver answered 500." } },
        })];
}
