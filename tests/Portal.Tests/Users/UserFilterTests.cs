using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Users;

public sealed class UserFilterTests : ConsoleTest
{
    private static readonly UserSummary Maria = new(
        "maria-lopez", "Maria", "Lopez", "maria.lopez@contoso.example", null, 12, 3, Samples.Now.AddDays(-200), DidState.Active, Epoch: 1)
    {
        State = UserState.Active,
    };

    public UserFilterTests()
    {
        Services.AddScoped<UserListing>();
        RenderTree.TryAdd<CascadingValue<Administrator>>(parameters => parameters.Add(value => value.Value, Samples.Manager));
        Stub.Answer("GET /api/applications?pageSize=200", new ApplicationList([], null), PortalJson.Default.ApplicationList);
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void The_filter_stands_in_the_address_is_asked_for_exported_and_cleared()
    {
        Answer("GET /api/users?state=active&push=notReceiving&claim=open", Maria);
        Stub.Answer("GET /api/users.csv?state=active&push=notReceiving&claim=open", () => new HttpResponseMessage { Content = new StringContent("userId\r\n") });
        Navigation.NavigateTo("users?state=active&push=notReceiving&claim=open");
        var page = Render<UsersPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Equal("Filters (3)", page.Find("[data-testid=filters]").TextContent);
        Assert.Equal("true", page.Find("[data-testid=filters]").GetAttribute("aria-expanded"));
        Assert.Equal("active", page.Find("#filter-state").GetAttribute("value"));

        page.FindAll("button").Single(button => button.TextContent.Contains("Download CSV", StringComparison.Ordinal)).Click();
        page.WaitForAssertion(() => Assert.Equal("The file was saved.", page.Find("[data-testid=exported]").TextContent));

        Answer("GET /api/users?", Maria);
        page.Find("[data-testid=clear-filters]").Click();
        Assert.EndsWith("/users", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_chosen_is_a_step_in_the_history_and_drops_an_order_that_such_a_list_does_not_have()
    {
        Answer("GET /api/users?sort=created&direction=desc", Maria);
        Answer("GET /api/users?unusedDays=90", Maria with { LastActiveAt = Samples.Now.AddDays(-100) });
        Answer("GET /api/users?unusedDays=90&sort=lastActive", Maria with { LastActiveAt = Samples.Now.AddDays(-100) });
        Navigation.NavigateTo("users?sort=created&direction=desc");
        var page = Render<UsersPage>();
        Assert.Equal("descending", Header(page, "Created")!.GetAttribute("aria-sort"));

        page.Find("[data-testid=filters]").Click();
        page.Find("#filter-unused").Change("90");
        Assert.EndsWith("/users?unusedDays=90", Navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.NotNull(Header(page, "Last active")));
        Assert.Null(Header(page, "Created")!.QuerySelector("button"));

        Header(page, "Last active")!.QuerySelector("button")!.Click();
        Assert.EndsWith("/users?unusedDays=90&sort=lastActive", Navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("ascending", Header(page, "Last active")!.GetAttribute("aria-sort")));
    }

    [Theory]
    [InlineData("state=gone&push=sometimes&claim=lost&unusedDays=0&sort=email", "")]
    [InlineData("sort=lastActive&application=crm", "application=crm")]
    [InlineData("sort=name&claim=open", "claim=open")]
    public void What_the_address_has_wrong_is_left_out(string address, string asked)
    {
        Answer($"GET /api/users?{asked}", Maria);
        Navigation.NavigateTo($"users?{address}");
        var page = Render<UsersPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
    }

    private static AngleSharp.Dom.IElement? Header(IRenderedComponent<UsersPage> page, string text) =>
        page.FindAll("thead th").SingleOrDefault(header => (header.QuerySelector(".sort-plain") ?? header).TextContent.Trim() == text);

    private void Answer(string request, params UserSummary[] users) => Stub.Answer(request, new UserList(users, null), PortalJson.Default.UserList);
}
