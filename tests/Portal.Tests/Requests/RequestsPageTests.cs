using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Requests;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Requests;

public sealed class RequestsPageTests : ConsoleTest
{
    private const string Requests = "GET /api/users/maria-lopez/authentication-requests";

    private static readonly AuthenticationRequestDetails Denied =
        Samples.Request("r-2") with { Status = AuthenticationRequestStatus.Denied, Reason = DenialReason.NotMe };

    public RequestsPageTests() => Stub.Answer("GET /api/users/maria-lopez", Samples.User(), PortalJson.Default.UserDetails);

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void Requests_are_listed_with_reason_and_place_and_each_opens()
    {
        Answer("days=7", null, Samples.Request(), Denied);

        var rows = Open().FindAll("tbody tr");

        Assert.Contains("Salesforce", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Toronto, Canada", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("it was not me", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("users/maria-lopez/authentication-requests/r-2", rows[1].QuerySelector("a")?.GetAttribute("href"));
    }

    [Fact]
    public void The_filter_stands_in_the_address_and_goes_along_to_a_request()
    {
        Answer("days=7", null, Samples.Request());
        Answer("days=30", null, Samples.Request());
        Answer("days=30&status=denied&reason=notMe", null, Denied);
        var page = Open();

        page.Find("#filter-period").Change("30");
        page.WaitForAssertion(() => Assert.EndsWith("/authentication-requests?days=30", Navigation.Uri, StringComparison.Ordinal));
        page.Find("#filter-status").Change("denied notMe");

        page.WaitForAssertion(() => Assert.Contains("it was not me", page.Find("tbody").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("?days=30&status=denied&reason=notMe", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal(
            "users/maria-lopez/authentication-requests/r-2?days=30&status=denied&reason=notMe", page.Find("tbody a").GetAttribute("href"));
    }

    [Fact]
    public void A_range_of_days_begins_and_ends_on_the_administrators_clock()
    {
        Answer("from=2026-11-23T23%3A00%3A00Z&to=2026-11-25T23%3A00%3A00Z", null, Samples.Request());
        Assert.Single(Open("?from=2026-11-24&to=2026-11-25").FindAll("tbody tr"));
    }

    [Fact]
    public void A_range_that_ends_before_it_begins_is_told_and_not_asked_for()
    {
        var page = Open("?from=2026-11-25&to=2026-11-24");
        Assert.Contains("The range ends before it begins", page.Markup, StringComparison.Ordinal);
        Assert.Empty(Stub.Requests);
    }

    [Theory]
    [InlineData("?days=8&from=soon&to=9999-99-99")]
    [InlineData("?from=0001-01-01&to=9999-12-31")]
    public void What_the_address_has_wrong_is_left_out(string query)
    {
        Answer("days=7", null, Samples.Request());
        Assert.Single(Open(query).FindAll("tbody tr"));
    }

    [Fact]
    public void Earlier_requests_come_when_asked_for()
    {
        Answer("days=7", "next", Samples.Request());
        Answer("days=7&continuation=next", null, Denied);
        var page = Open();

        page.Find(".more button").Click();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        Assert.Empty(page.FindAll(".more"));
    }

    [Fact]
    public void No_request_and_a_problem_are_told()
    {
        Answer("days=7", null);
        Stub.Refuse($"{Requests}?days=30", HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
        Assert.Contains("Nobody asked that this user signs in", Open().Find("[data-testid=no-requests]").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(Open("?days=30").FindAll("[data-testid=problem]"));
    }

    [Theory]
    [InlineData("a,b\r\n1,2\r\n", "The file was saved.")]
    [InlineData("a,b\r\n1,2\r\nNot complete: there are more.,\r\n", "It does not hold all requests")]
    public void What_is_filtered_is_saved_as_a_file(string csv, string said)
    {
        Answer("days=7&method=Push", null, Samples.Request());
        Stub.Answer(
            "GET /api/users/maria-lopez/authentication-requests.csv?days=7&method=Push",
            () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(csv) });
        var page = Open("?method=Push");

        page.Find(".filter-actions button").Click();

        page.WaitForAssertion(() => Assert.Contains(said, page.Find("[data-testid=exported]").TextContent, StringComparison.Ordinal));
        Assert.Equal(["authentication-requests-maria-lopez.csv", csv, "text/csv"], Browser.Invocations["save"].Single().Arguments);
    }

    private IRenderedComponent<RequestsPage> Open(string query = "")
    {
        Navigation.NavigateTo($"users/maria-lopez/authentication-requests{query}");
        return Render<RequestsPage>(parameters => parameters.Add(page => page.UserId, "maria-lopez"));
    }

    private void Answer(string query, string? continuation, params IReadOnlyList<AuthenticationRequestDetails> requests) =>
        Stub.Answer($"{Requests}?{query}", new AuthenticationRequestList(requests, continuation), PortalJson.Default.AuthenticationRequestList);
}
