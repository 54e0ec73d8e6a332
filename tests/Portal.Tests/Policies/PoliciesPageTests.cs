using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Policies;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Tests.Policies;

public sealed class PoliciesPageTests : ConsoleTest
{
    private const string Get = "GET /api/policies";

    private const string Put = "PUT /api/policies";

    private static readonly TenantPolicies Chosen = new()
    {
        IdentityCheck = new IdentityCheckPolicy { Required = true, Ways = ["ID card, in person", "Manager in a video call"] },
        Claims = new ClaimPolicy { ScreenMinutes = 10, SentHours = 24 },
        HoldMinutes = 15,
        SecondPerson = new SecondPersonPolicy { ForMany = true, ForAdministrators = false, WithinMinutes = 60 },
    };

    [Fact]
    public void What_was_chosen_is_shown_and_what_is_entered_is_sent_with_the_version_that_was_seen()
    {
        Stub.Answer(Get, new PolicyDetails(Chosen, "\"7\""), PortalJson.Default.PolicyDetails);
        Stub.Answer(Put, new PolicyDetails(Chosen with { HoldMinutes = 30 }, "\"8\""), PortalJson.Default.PolicyDetails);
        var page = Shown();
        Assert.Equal("15", page.Find("#hold-minutes").GetAttribute("value"));
        Assert.True(page.Find("#second-many").HasAttribute("checked"));

        page.Find("#hold-minutes").Change("30");
        page.Find("#ways").Change("ID card, in person\n\n  Manager in a video call  \nid card, in person\n");
        page.Find("#policies").Submit();

        page.WaitForAssertion(() => Assert.Contains("Saved", page.Find("[data-testid=policies-said]").TextContent, StringComparison.Ordinal));
        var sent = Stub.Requests.Single(seen => seen.Request == Put);
        Assert.Equal("\"7\"", sent.Headers["If-Match"]);
        Assert.Contains("\"holdMinutes\":30", sent.Body!, StringComparison.Ordinal);
        Assert.Contains("""["ID card, in person","Manager in a video call"]""", sent.Body!, StringComparison.Ordinal);
    }

    [Fact]
    public void What_somebody_else_changed_meanwhile_is_said_and_what_was_entered_stays()
    {
        Stub.Answer(Get, new PolicyDetails(Chosen, "\"7\""), PortalJson.Default.PolicyDetails);
        Stub.Refuse(Put, HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        var page = Shown();
        page.Find("#hold-minutes").Change("30");
        page.Find("#policies").Submit();

        page.WaitForAssertion(() => Assert.Contains("Nothing was changed", page.Find("[data-testid=problem]").TextContent, StringComparison.Ordinal));
        Assert.Equal("30", page.Find("#hold-minutes").GetAttribute("value"));
    }

    [Fact]
    public void An_administrator_who_was_seen_is_limited_to_departments()
    {
        var limited = Chosen with { Scopes = [new AdministratorScope { Subject = "gone", Departments = ["Legal"] }] };
        var details = new PolicyDetails(limited, "\"7\"")
        {
            Administrators = [new KnownAdministrator("bo", "Bo Jensen", "bo@contoso.example"), new KnownAdministrator("cy", "Cy", SignInName: null)],
        };
        Stub.Answer(Get, details, PortalJson.Default.PolicyDetails);
        Stub.Answer(Put, details, PortalJson.Default.PolicyDetails);
        var page = Shown();
        Assert.Equal("gone", page.Find("#scope-0").GetAttribute("value"));

        page.Find("[data-testid=add-scope]").Click();
        page.Find("[data-testid=add-scope]").Click();
        Assert.Equal(3, page.FindAll("[data-testid=scope]").Count);
        page.FindAll("[data-testid=scope] button")[2].Click();
        page.Find("#scope-1").Change("bo");
        page.Find("#scope-1-departments").Change("Support\n\n Field service \nsupport\n");
        page.Find("#policies").Submit();

        page.WaitForAssertion(() => Assert.Contains("Saved", page.Find("[data-testid=policies-said]").TextContent, StringComparison.Ordinal));
        Assert.Contains(
            """
            "scopes":[{"subject":"gone","departments":["Legal"]},{"subject":"bo","departments":["Support","Field service"]}]
            """,
            Stub.Requests.Single(seen => seen.Request == Put).Body!,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_sees_them_and_changes_nothing()
    {
        Stub.Answer(Get, new PolicyDetails(Chosen, "\"7\""), PortalJson.Default.PolicyDetails);
        var page = Shown(Samples.Reader);

        Assert.True(page.Find("fieldset").HasAttribute("disabled"));
        Assert.Empty(page.FindAll("button[type=submit]"));
        Assert.Contains("Policies.Manage", page.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<PoliciesPage> Shown(Administrator? administrator = null)
    {
        RenderTree.TryAdd<CascadingValue<Administrator>>(
            parameters => parameters.Add(value => value.Value, administrator ?? Samples.Manager with { ManagesPolicies = true }));
        return Render<PoliciesPage>();
    }
}
