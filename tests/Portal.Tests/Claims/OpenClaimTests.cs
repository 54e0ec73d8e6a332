using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Claims;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Claims;

public sealed class OpenClaimTests : ConsoleTest
{
    private const string Qr = "GET /api/users/maria-lopez/claim/qr";
    private const string Prolong = "POST /api/users/maria-lopez/claim/prolongation";
    private const string Send = "POST /api/users/maria-lopez/claim/sending";

    private static readonly ClaimDetails New = Samples.Claim() with { SentHours = 24 };

    private static readonly ClaimDetails OnScreen = New with { Channel = ClaimChannel.Screen, ExpiresAt = Samples.Now.AddMinutes(10) };

    private static readonly ClaimDetails Sent = New with { Channel = ClaimChannel.Sent, SentHours = null };

    private int readings;

    public OpenClaimTests()
    {
        Stub.Answer(Qr, () => new HttpResponseMessage { Content = new StringContent("<svg/>") });
        Browser.Setup<string>("imageAddress", "<svg/>").SetResult("blob:qr");
    }

    private int Prolongations => Stub.Requests.Count(seen => seen.Request == Prolong);

    [Fact]
    public void A_claim_is_said_to_be_shown_before_it_is_and_lives_for_minutes_then()
    {
        var claim = Show(New);

        Assert.Equal([Prolong, Qr], Stub.Requests.Select(seen => seen.Request));
        Assert.Equal("""{"claimId":"claim-1"}""", Stub.Requests[0].Body);
        Assert.Equal("in 10 min 00 s", claim.Find("[data-testid=claim-countdown]").TextContent);
        Assert.Contains("Prolonged for as long as you look at this page.", Text(claim), StringComparison.Ordinal);
        Assert.Contains("Then it works until", Text(claim), StringComparison.Ordinal);
        Assert.Empty(claim.FindAll("#claim-link"));
        Assert.Equal(1, readings);
    }

    [Fact]
    public void It_is_prolonged_while_the_page_can_be_seen_and_only_then()
    {
        var claim = Show(New);
        var page = Services.GetRequiredService<BrowserPage>();

        Clock.Advance(TimeSpan.FromMinutes(2));
        claim.WaitForAssertion(() => Assert.Equal(2, Prolongations));

        page.OnPageChanged(isVisible: false, isOnline: true);
        Clock.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal(2, Prolongations);

        page.OnPageChanged(isVisible: true, isOnline: true);
        Clock.Advance(TimeSpan.FromSeconds(1));
        claim.WaitForAssertion(() => Assert.Equal(3, Prolongations));
        Assert.Single(Stub.Requests, seen => seen.Request == Qr);
    }

    [Fact]
    public void What_cannot_be_prolonged_any_more_is_said_and_not_asked_for_again()
    {
        Stub.Answer(Prolong, OnScreen, PortalJson.Default.ClaimDetails)
            .Refuse(Prolong, HttpStatusCode.Unauthorized, ProblemCodes.InsufficientUserAuthentication);
        var claim = Show(New, prolongs: false);

        Clock.Advance(TimeSpan.FromMinutes(2));
        claim.WaitForAssertion(() => Assert.Contains("The claim QR code is not prolonged any more.", Text(claim), StringComparison.Ordinal));
        Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(2, Prolongations);
        Assert.Contains("Sign in again", claim.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prolongation_that_got_lost_is_tried_again_soon()
    {
        Stub.Answer(Prolong, OnScreen, PortalJson.Default.ClaimDetails).Lose(Prolong).Answer(Prolong, OnScreen, PortalJson.Default.ClaimDetails);
        var claim = Show(New, prolongs: false);

        Clock.Advance(TimeSpan.FromMinutes(2));
        claim.WaitForAssertion(() => Assert.Equal(2, Prolongations));
        Clock.Advance(TimeSpan.FromSeconds(20));
        claim.WaitForAssertion(() => Assert.Equal(3, Prolongations));

        Assert.Empty(claim.FindAll("[role=alert]"));
    }

    [Fact]
    public void Copying_the_link_is_the_decision_to_send_it()
    {
        Stub.Answer(Send, Sent, PortalJson.Default.ClaimDetails);
        Browser.Setup<bool>("copy", New.Link!).SetResult(true);
        var claim = Show(New);

        Button(claim, "Copy link").Click();

        Assert.Contains("Link copied. It works until", claim.Find("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.Equal(New.Link, claim.Find("#claim-link").GetAttribute("value"));
        Assert.Equal("in 1 d 0 h", claim.Find("[data-testid=claim-countdown]").TextContent);
        Button(claim, "Copy link").Click();
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((1, 1), (Stub.Requests.Count(seen => seen.Request == Send), Prolongations));
    }

    [Fact]
    public void Printing_is_the_decision_to_send_it_too_and_nothing_is_printed_when_it_is_refused()
    {
        Stub.Refuse(Send, HttpStatusCode.Unauthorized, ProblemCodes.InsufficientUserAuthentication).Answer(Send, Sent, PortalJson.Default.ClaimDetails);
        var claim = Show(New);

        Button(claim, "Print").Click();
        Assert.Contains("Show that it is you", claim.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(Browser.Invocations, call => call.Identifier == "print");

        Button(claim, "Print").Click();
        Assert.Single(Browser.Invocations, call => call.Identifier == "print");
        Assert.Empty(claim.FindAll("[role=alert]"));
    }

    [Fact]
    public void A_claim_that_was_sent_is_shown_as_it_is()
    {
        var claim = Show(Sent);

        Assert.Equal([Qr], Stub.Requests.Select(seen => seen.Request));
        Assert.Equal("blob:qr", claim.Find("[data-testid=claim-qr]").GetAttribute("src"));
    }

    [Fact]
    public void A_claim_that_cannot_be_shown_says_why()
    {
        Stub.Refuse(Prolong, HttpStatusCode.Conflict, ProblemCodes.ClaimUsed);

        var claim = Show(New, prolongs: false);

        Assert.NotEmpty(claim.FindAll("[role=alert]"));
        Assert.DoesNotContain(Stub.Requests, seen => seen.Request == Qr);
        Assert.Equal(1, readings);
    }

    [Fact]
    public void How_the_person_was_recognized_stands_beside_the_code()
    {
        var claim = Show(Sent with { IdentityCheck = new IdentityCheckDetails("Badge in person", "Ticket 4711", "Bob Brown", Samples.Now) });

        Assert.StartsWith("Badge in person (“Ticket 4711”), by Bob Brown", Text(claim.Find("[data-testid=claim-recognized]")), StringComparison.Ordinal);
    }

    private static string Text(AngleSharp.Dom.IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<OpenClaim> claim, string name) =>
        claim.FindAll("button").Single(button => button.TextContent.Trim() == name);

    private IRenderedComponent<OpenClaim> Show(ClaimDetails claim, bool prolongs = true)
    {
        if (prolongs)
        {
            Stub.Answer(Prolong, OnScreen, PortalJson.Default.ClaimDetails);
        }

        return Render<OpenClaim>(parameters => parameters
            .AddCascadingValue(Samples.Manager)
            .Add(open => open.User, Samples.User() with { DidState = DidState.Unclaimed, Claim = claim })
            .Add(open => open.Claim, claim)
            .Add(open => open.OnChanged, EventCallback.Factory.Create(this, () => { readings++; })));
    }
}
