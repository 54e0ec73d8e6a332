using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Applications;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Applications;

public sealed class ApplicationsPageTests : ConsoleTest
{
    private const string List = "GET /api/applications?pageSize=200";

    private static readonly ApplicationDetails Payroll = new("app-1", "Payroll", "client-1", ApplicationState.Enabled, Samples.Now, "\"1\"");

    private static readonly ApplicationDetails Archive = new("app-2", "Archive", "client-2", ApplicationState.Disabled, Samples.Now, "\"2\"");

    [Fact]
    public void Applications_are_listed_by_name_over_all_pages_and_searched()
    {
        Stub.Answer(List, new ApplicationList([Payroll], "next"), PortalJson.Default.ApplicationList)
            .Answer($"{List}&continuation=next", new ApplicationList([Archive], null), PortalJson.Default.ApplicationList);
        var page = Show(Samples.Reader);

        page.WaitForAssertion(() => Assert.Equal(["Archive", "Payroll"], page.FindAll(".row-link").Select(link => link.TextContent)));
        Assert.Contains("Disabled", page.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-testid=register-application]"));
        page.Find("#application-search").Input("CLIENT-1");
        Assert.Equal(["applications/app-1"], page.FindAll(".row-link").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public void An_application_is_registered_with_what_was_typed()
    {
        Stub.Answer(List, new ApplicationList([], null), PortalJson.Default.ApplicationList)
            .Answer("POST /api/applications", Payroll, PortalJson.Default.ApplicationDetails, HttpStatusCode.Created);
        var page = Show(Samples.Everything);
        page.WaitForAssertion(() => Assert.NotNull(page.Find("[data-testid=no-applications]")));
        page.Find("[data-testid=register-application]").Click();

        page.Find("#application-name").Input("Payroll ");
        page.Find("#application-clientId").Input("not a client id");
        page.Find("#application-form").Submit();
        Assert.Contains("is 1 to 64 of", page.Find("#application-clientId-hint").TextContent, StringComparison.Ordinal);
        page.Find("#application-clientId").Input("client-1");
        page.Find("#application-form").Submit();

        page.WaitForAssertion(() => Assert.EndsWith(
            "/applications/app-1", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal));
        Assert.Equal("""{"name":"Payroll","clientId":"client-1"}""", Stub.Requests[^1].Body);
    }

    [Fact]
    public void An_application_is_edited_as_it_was_seen_and_disabled_with_a_reason()
    {
        Stub.Answer("GET /api/applications/app-1", Payroll, PortalJson.Default.ApplicationDetails)
            .Answer("GET /api/applications/app-1/accounts?", new ApplicationAccountList([new("maria-lopez", "a1", "maria")], null), PortalJson.Default.ApplicationAccountList)
            .Answer("GET /api/signals/streams", new EventStreamList([]), PortalJson.Default.EventStreamList)
            .Answer("PATCH /api/applications/app-1", Payroll with { Name = "Wages" }, PortalJson.Default.ApplicationDetails)
            .Answer("PUT /api/applications/app-1/state", Payroll with { State = ApplicationState.Disabled }, PortalJson.Default.ApplicationDetails);
        var page = Render<ApplicationPage>(parameters => parameters.AddCascadingValue(Samples.Everything).Add(page => page.ApplicationId, "app-1"));
        page.WaitForAssertion(() => Assert.Equal("users/maria-lopez#accounts", page.Find(".requests a").GetAttribute("href")));

        page.Find("[data-testid=edit-application]").Click();
        page.Find("#application-name").Input("Wages");
        page.Find("#application-form").Submit();
        page.WaitForAssertion(() => Assert.Equal("Wages", page.Find("h1").TextContent));
        Assert.Equal("\"1\"", Stub.Requests[^1].Headers["If-Match"]);

        // The dialog closes when the browser says so.
        page.Find("dialog").TriggerEvent("onclose", EventArgs.Empty);
        page.Find("[data-testid=application-state]").Click();
        page.Find("#application-reason").Input("attacked");
        page.Find("#application-state-form").Submit();

        page.WaitForAssertion(() => Assert.Contains("Disabled", page.Find(".user-title").TextContent, StringComparison.Ordinal));
        Assert.Equal("""{"state":"disabled","reason":"attacked"}""", Stub.Requests[^1].Body);
    }

    [Fact]
    public void An_application_that_does_not_exist_is_said_to()
    {
        Stub.Refuse("GET /api/applications/app-9", HttpStatusCode.NotFound, ProblemCodes.NotFound);

        var page = Render<ApplicationPage>(parameters => parameters.AddCascadingValue(Samples.Reader).Add(page => page.ApplicationId, "app-9"));

        page.WaitForAssertion(() => Assert.NotNull(page.Find("[data-testid=no-such-application]")));
    }

    private IRenderedComponent<ApplicationsPage> Show(Administrator administrator) =>
        Render<ApplicationsPage>(parameters => parameters.AddCascadingValue(administrator));
}
