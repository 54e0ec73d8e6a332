using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Approvals;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Tests.Approvals;

public sealed class ApprovalsPageTests : ConsoleTest
{
    private const string List = "GET /api/approvals?";

    private static readonly ApprovalDetails Pending = new(
        new string('1', 32),
        "remove-device",
        "Remove a device of Maria Lopez",
        "maria-lopez",
        "Lost in a taxi",
        "Alice Adams",
        Samples.Now.AddMinutes(-5),
        Samples.Now.AddMinutes(55),
        ApprovalState.Pending,
        CanDecide: true,
        DecidedBy: null,
        DecidedAt: null,
        Note: null);

    [Fact]
    public void What_waits_is_decided_with_a_word_and_the_list_is_read_again()
    {
        Listed(Pending);
        Stub.Answer(
            $"POST /api/approvals/{Pending.ApprovalId}/decision",
            Pending with { State = ApprovalState.Approved, DecidedBy = "Amir Aziz", DecidedAt = Samples.Now },
            PortalJson.Default.ApprovalDetails);
        var page = Shown();
        Assert.Contains("Lost in a taxi", page.Find("[data-testid=approval]").TextContent, StringComparison.Ordinal);

        page.FindAll("[data-testid=approval] button")[0].Click();
        page.Find("#decision-note").Input("We spoke");
        page.Find("#decision-form").Submit();

        page.WaitForAssertion(() => Assert.Equal(
            """{"approve":true,"note":"We spoke"}""", Stub.Requests.Single(seen => seen.Request.StartsWith("POST", StringComparison.Ordinal)).Body));
        page.WaitForAssertion(() => Assert.Equal(2, Stub.Requests.Count(seen => seen.Request == List)));
    }

    [Fact]
    public void A_decision_that_is_refused_says_that_nothing_was_decided()
    {
        Listed(Pending);
        Stub.Refuse($"POST /api/approvals/{Pending.ApprovalId}/decision", HttpStatusCode.Forbidden, ProblemCodes.NotSecondPerson);
        var page = Shown();
        page.FindAll("[data-testid=approval] button")[1].Click();
        page.Find("#decision-form").Submit();

        page.WaitForAssertion(() => Assert.Contains("Nothing was decided", page.Find("[data-testid=problem]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Ones_own_request_has_no_button()
    {
        Listed(Pending with { CanDecide = false });
        Assert.Empty(Shown().FindAll("[data-testid=approval] button"));
    }

    [Fact]
    public void An_empty_list_is_one_friendly_sentence()
    {
        Listed();
        Assert.Contains("Nobody waits", Shown().Find("[data-testid=no-approvals]").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<ApprovalsPage> Shown()
    {
        RenderTree.TryAdd<CascadingValue<Administrator>>(parameters => parameters.Add(value => value.Value, Samples.Manager));
        return Render<ApprovalsPage>();
    }

    private void Listed(params ApprovalDetails[] approvals) => Stub.Answer(List, new ApprovalList(approvals, null), PortalJson.Default.ApprovalList);
}
