using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Users;

public sealed class UsersPageTests : ConsoleTest
{
    private static readonly UserSummary Maria = new(
        "maria-lopez", "Maria", "Lopez", "maria.lopez@contoso.example", null, 12, 3, Samples.Now.AddDays(-200), DidState.Active);

    private static readonly UserSummary Noah = Maria with { UserId = "noah-fischer", GivenName = "Noah", FamilyName = "Fischer", DeviceCount = 0 };

    public UsersPageTests() => Services.AddScoped(_ => new UserListing(Stub.Api));

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void Users_are_listed_with_accounts_devices_and_status()
    {
        Answer("GET /api/users?", [Maria, Noah]);
        var rows = Render<UsersPage>().FindAll("tbody tr");
        Assert.Equal(["Maria Lopez", "maria.lopez@contoso.example", "12", "2026-05-09", "3", "Active"], rows[0].Children.Select(cell => cell.TextContent.Trim()));
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
        page.InvokeAsync(page.Instance.OnSeen);
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        Assert.DoesNotContain("Load more users", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_found_says_so_and_leads_back()
    {
        Answer("GET /api/users?search=zzz", []);
        Navigation.NavigateTo("users?search=zzz");
        Assert.Contains("Nobody in your organisation matches “zzz”.", Render<UsersPage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outage_says_what_to_do_and_can_be_tried_again()
    {
        Stub.Refuse("GET /api/users?", HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
        Answer("GET /api/users?", [Maria]);
        var page = Render<UsersPage>();
        Assert.Contains("asking twice does nothing twice", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        page.Find("[role=alert] button").Click();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
    }

    private void Answer(string request, IReadOnlyList<UserSummary> users) =>
        Stub.Answer(request, new UserList(users, null), PortalJson.Default.UserList);
}
