using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Users;

public sealed class UsersPageTests : ConsoleTest
{
    private static readonly UserSummary Maria = new(
        "maria-lopez", "Maria", "Lopez", "maria.lopez@contoso.example", null, 12, 3, Samples.Now.AddDays(-200), DidState.Active, Epoch: 1)
    {
        State = UserState.Active,
    };

    private static readonly UserSummary Noah = Maria with { UserId = "noah-fischer", GivenName = "Noah", FamilyName = "Fischer", DeviceCount = 0 };

    public UsersPageTests()
    {
        Services.AddScoped<UserListing>();
        RenderTree.TryAdd<CascadingValue<Administrator>>(parameters => parameters.Add(value => value.Value, Samples.Manager));
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void Users_are_listed_with_accounts_devices_and_status()
    {
        Answer("GET /api/users?", [Maria, Noah]);
        var rows = Render<UsersPage>().FindAll("tbody tr");
        Assert.Equal(["Maria Lopez", "maria.lopez@contoso.example", "12", "2026-05-09", "3", "Active"], rows[0].Children.Skip(1).Select(cell => cell.TextContent.Trim()));
        Assert.NotNull(rows[0].Children[0].QuerySelector("input[type=checkbox]"));
        Assert.Equal("users/maria-lopez", rows[0].QuerySelector("a")?.GetAttribute("href"));
        Assert.Equal("No device", rows[1].Children[^1].TextContent.Trim());
    }

    [Fact]
    public void A_search_waits_for_the_typing_to_pause_and_stands_in_the_address()
    {
        Answer("GET /api/users?", [Maria, Noah]);
        Answer("GET /api/users?search=lopez", [Maria]);
        var page = Render<UsersPage>();
        page.Find("input[type=search]").Input("lop");
        Clock.Advance(TimeSpan.FromMilliseconds(100));
        page.Find("input[type=search]").Input("lopez");
        Clock.Advance(TimeSpan.FromMilliseconds(250));
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.EndsWith("?search=lopez", Navigation.Uri, StringComparison.Ordinal);
        Assert.Single(Stub.Requests, seen => seen.Request == "GET /api/users?search=lopez");
        Assert.DoesNotContain(Stub.Requests, seen => seen.Request == "GET /api/users?search=lop");
        Assert.Equal("1 user found", page.Find("[data-testid=user-count]").TextContent);
    }

    [Fact]
    public void The_next_page_comes_when_the_end_of_the_list_is_seen()
    {
        Stub.Answer("GET /api/users?", new UserList([Maria], "next"), PortalJson.Default.UserList);
        Answer("GET /api/users?continuation=next", [Noah]);
        var page = Render<UsersPage>();
        Assert.Contains("Load more users", page.Markup, StringComparison.Ordinal);
        _ = page.InvokeAsync(page.Instance.OnSeenAsync);
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        Assert.DoesNotContain("Load more users", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_pages_are_not_the_end_of_the_users()
    {
        Stub.Answer("GET /api/users?", new UserList([], "x"), PortalJson.Default.UserList);
        for (var page = 1; page < PageReading.MaxEmptyPages; page++)
        {
            Stub.Answer("GET /api/users?continuation=x", new UserList([], "x"), PortalJson.Default.UserList);
        }

        Answer("GET /api/users?continuation=x", [Maria]);
        var users = Render<UsersPage>();
        Assert.Contains("No user found so far", users.Markup, StringComparison.Ordinal);
        users.Find("[data-testid=not-yet-found] button").Click();
        users.WaitForAssertion(() => Assert.Single(users.FindAll("tbody tr")));
    }

    [Fact]
    public void Users_that_cannot_be_read_are_counted()
    {
        Stub.Answer("GET /api/users?", new UserList([Maria], null) { Unreadable = 2 }, PortalJson.Default.UserList);
        var page = Render<UsersPage>();
        Assert.Equal(
            "2 users cannot be shown: their stored data is damaged. Tell whoever runs this service.",
            page.Find("[data-testid=unreadable-count]").TextContent.Trim());
        Assert.DoesNotContain("that is everyone", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_nothing_but_users_that_cannot_be_read_is_not_empty()
    {
        Stub.Answer("GET /api/users?", new UserList([], null) { Unreadable = 1 }, PortalJson.Default.UserList);
        Assert.Contains("1 user cannot be shown", Text(Render<UsersPage>()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_continuation_that_cannot_be_read_begins_the_list_again()
    {
        Stub.Answer("GET /api/users?", new UserList([Maria], "old"), PortalJson.Default.UserList);
        Stub.Refuse("GET /api/users?continuation=old", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest);
        Answer("GET /api/users?", [Maria, Noah]);
        var page = Render<UsersPage>();
        _ = page.InvokeAsync(page.Instance.OnSeenAsync);
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    [Fact]
    public void The_list_says_as_of_when_and_is_read_again_on_request()
    {
        Answer("GET /api/users?", [Maria]);
        Answer("GET /api/users?", [Maria, Noah]);
        var page = Render<UsersPage>();
        Assert.Equal("As of 12:03:05", page.Find("[data-testid=as-of]").TextContent);
        Clock.Advance(TimeSpan.FromMinutes(5));
        page.Find(".as-of button").Click();
        page.WaitForAssertion(() => Assert.Equal("As of 12:08:05", page.Find("[data-testid=as-of]").TextContent));
        Assert.Equal(2, page.FindAll("tbody tr").Count);
    }

    [Fact]
    public async Task The_way_back_leads_to_the_row_of_the_user_also_on_a_further_page()
    {
        Stub.Answer("GET /api/users?", new UserList([Maria], "next"), PortalJson.Default.UserList);
        Answer("GET /api/users?continuation=next", [Noah]);
        var page = Render<UsersPage>();
        await page.InvokeAsync(page.Instance.OnSeenAsync);
        await DisposeComponentsAsync();
        Services.GetRequiredService<UserListing>().Return = "noah-fischer";
        var back = Render<UsersPage>();
        back.WaitForAssertion(() => Assert.Equal("false", back.Find("table").GetAttribute("aria-busy")));
        Assert.Equal(2, back.FindAll("tbody tr").Count);
        Assert.Equal(".user-table a.row-link[href=\"users/noah-fischer\"]", Browser.VerifyInvoke("returnTo").Arguments[0]);
    }

    [Fact]
    public void Nobody_found_says_so_and_leads_back()
    {
        Answer("GET /api/users?search=zzz", []);
        Navigation.NavigateTo("users?search=zzz");
        Assert.Contains("Nobody in your organization matches “zzz”.", Text(Render<UsersPage>()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_outage_is_told_and_ends_by_itself()
    {
        Refuse("GET /api/users?");
        Refuse("GET /api/users?");
        Answer("GET /api/users?", [Maria]);
        var page = Render<UsersPage>();
        Assert.Contains("It is tried again by itself.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Clock.Advance(PollRhythm.After(ApiProblem.Unreachable, 1));
        page.WaitForAssertion(() => Assert.Equal(2, Stub.Requests.Count));
        Assert.Single(page.FindAll("[role=alert]"));
        Clock.Advance(PollRhythm.After(ApiProblem.Unreachable, 2));
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    [Fact]
    public void An_outage_can_be_tried_again_at_once()
    {
        Refuse("GET /api/users?");
        Answer("GET /api/users?", [Maria]);
        var page = Render<UsersPage>();
        page.Find("[role=alert] button").Click();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
    }

    [Fact]
    public void A_search_that_fails_keeps_what_was_typed_and_the_users_found_before()
    {
        Answer("GET /api/users?", [Maria, Noah]);
        Refuse("GET /api/users?search=noah");
        Answer("GET /api/users?search=noah", [Noah]);
        var page = Render<UsersPage>();
        page.Find("input[type=search]").Input("noah");
        Clock.Advance(TimeSpan.FromMilliseconds(250));
        page.WaitForAssertion(() => Assert.Contains("was found before", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal(2, page.FindAll("tbody tr").Count);
        Assert.DoesNotContain("that is everyone", page.Markup, StringComparison.Ordinal);
        Clock.Advance(PollRhythm.After(ApiProblem.Unreachable, 1));
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Equal("noah", page.Find("input[type=search]").GetAttribute("value"));
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    [Fact]
    public void A_further_page_that_fails_comes_by_itself_after_the_rows_that_are_shown()
    {
        Stub.Answer("GET /api/users?", new UserList([Maria], "next"), PortalJson.Default.UserList);
        Refuse("GET /api/users?continuation=next");
        Answer("GET /api/users?continuation=next", [Noah]);
        var page = Render<UsersPage>();
        _ = page.InvokeAsync(page.Instance.OnSeenAsync);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[role=alert]")));
        Assert.Single(page.FindAll("tbody tr"));
        Clock.Advance(PollRhythm.After(ApiProblem.Unreachable, 1));
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
    }

    [Fact]
    public async Task A_list_that_was_left_is_not_asked_for_again()
    {
        Refuse("GET /api/users?");
        Answer("GET /api/users?", [Maria]);
        Render<UsersPage>();
        await DisposeComponentsAsync();
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Single(Stub.Requests);
        var back = Render<UsersPage>();
        back.WaitForAssertion(() => Assert.Single(back.FindAll("tbody tr")));
    }

    [Fact]
    public async Task The_way_back_shows_the_users_at_once_and_then_what_became_of_them()
    {
        Answer("GET /api/users?", [Maria]);
        Answer("GET /api/users?", [Maria with { State = UserState.Resetting }]);
        Render<UsersPage>();
        await DisposeComponentsAsync();
        var answer = new TaskCompletionSource();
        Stub.Slowness = answer.Task;
        var back = Render<UsersPage>();
        Assert.Equal("Active", back.Find("tbody .badge").TextContent);
        Assert.Equal("true", back.Find("table").GetAttribute("aria-busy"));
        answer.SetResult();
        back.WaitForAssertion(() => Assert.Equal("Unregistering", back.Find("tbody .badge").TextContent));
    }

    private void Refuse(string request) => Stub.Refuse(request, HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);

    private void Answer(string request, IReadOnlyList<UserSummary> users) =>
        Stub.Answer(request, new UserList(users, null), PortalJson.Default.UserList);
}
