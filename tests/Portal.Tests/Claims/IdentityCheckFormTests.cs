using System.Net;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Claims;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Tests.Claims;

public sealed class IdentityCheckFormTests : ConsoleTest
{
    private const string Check = "POST /api/users/maria-lopez/claim/identity-check";

    private static readonly ClaimDetails Hidden = Samples.Claim() with { Link = null, IdentityCheckRequired = true, IdentityCheckWays = ["Badge in person", "Called back"] };

    private int readings;

    [Fact]
    public void Before_the_person_is_recognized_the_form_stands_where_the_code_would()
    {
        var claim = Show();

        Assert.Equal(["Choose…", "Badge in person", "Called back"], claim.FindAll("#check-way option").Select(option => option.TextContent));
        Assert.Empty(claim.FindAll("[data-testid=claim-qr], #claim-link"));
        Assert.Empty(Stub.Requests);
    }

    [Fact]
    public void Who_reads_only_sees_that_a_claim_waits()
    {
        var claim = Show(administrator: Samples.Reader);

        Assert.Empty(claim.FindAll("form, button"));
        Assert.NotEmpty(claim.FindAll("[data-testid=claim-hidden]"));
    }

    [Fact]
    public void A_way_has_to_be_chosen()
    {
        var claim = Show();

        claim.Find("form").Submit();

        Assert.Equal("Choose one.", claim.Find("#check-way-hint").TextContent);
        Assert.Equal("true", claim.Find("#check-way").GetAttribute("aria-invalid"));
        Assert.Empty(Stub.Requests);
    }

    [Fact]
    public void It_is_recorded_with_the_note_for_just_this_claim()
    {
        Stub.Answer(Check, Samples.Claim(), PortalJson.Default.ClaimDetails);
        var claim = Show();

        claim.Find("#check-way").Change("Called back");
        claim.Find("#check-note").Input("Ticket 4711");
        claim.Find("form").Submit();

        Assert.Equal("""{"claimId":"claim-1","way":"Called back","note":"Ticket 4711"}""", Assert.Single(Stub.Requests).Body);
        Assert.Equal(1, readings);
    }

    [Fact]
    public void What_the_API_refuses_stands_beside_its_field()
    {
        Stub.Answer(Check, () => new HttpResponseMessage(HttpStatusCode.BadRequest)
        {
            Content = new StringContent(
                """{"code":"invalid-request","detail":"way: is none","errors":{"way":["is none of the ways that your organization lists"]}}""",
                System.Text.Encoding.UTF8,
                "application/problem+json"),
        });
        var claim = Show();

        claim.Find("#check-way").Change("Called back");
        claim.Find("form").Submit();

        Assert.Equal("This is none of the ways that your organization lists.", claim.Find("#check-way-hint").TextContent);
        Assert.Equal(1, readings);
    }

    [Fact]
    public void What_was_typed_survives_the_sign_in()
    {
        Stub.Refuse(Check, HttpStatusCode.Unauthorized, ProblemCodes.InsufficientUserAuthentication);
        var claim = Show();
        claim.Find("#check-way").Change("Called back");
        claim.Find("#check-note").Input("Ticket 4711");

        claim.Find("form").Submit();

        var kept = JsonSerializer.Deserialize((string)Browser.Invocations.Single(call => call.Identifier == "keep").Arguments[1]!, PortalJson.Default.KeptDraft)!;
        var typed = kept.In(IdentityCheckForm.Dialog, PortalJson.Default.IdentityCheckRequest)!;
        Assert.Equal(("maria-lopez", "claim-1", "Called back", "Ticket 4711"), (kept.About, typed.ClaimId, typed.Way, typed.Note));
        Assert.Contains("Sign in again", claim.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(0, readings);
    }

    [Theory]
    [InlineData("claim-1", "Called back", "Called back", "Ticket 4711")]
    [InlineData("claim-1", "Not listed any more", "", "Ticket 4711")]
    [InlineData("claim-0", "Called back", "", "")]
    public void What_was_typed_comes_back_for_the_claim_that_it_was_typed_for(string claimId, string way, string shownWay, string shownNote)
    {
        var claim = Show();

        claim.Render(parameters => parameters.Add(open => open.Kept, new IdentityCheckRequest { ClaimId = claimId, Way = way, Note = "Ticket 4711" }));

        Assert.Equal((shownWay, shownNote), (claim.Find("#check-way").GetAttribute("value"), claim.Find("#check-note").GetAttribute("value")));
    }

    private IRenderedComponent<OpenClaim> Show(Administrator? administrator = null) => Render<OpenClaim>(parameters => parameters
        .AddCascadingValue(administrator ?? Samples.Manager)
        .Add(open => open.User, Samples.User() with { DidState = DidState.Unclaimed, Claim = Hidden })
        .Add(open => open.Claim, Hidden)
        .Add(open => open.OnChanged, EventCallback.Factory.Create(this, () => { readings++; })));
}
