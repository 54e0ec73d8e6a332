using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Claims;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Claims;

public sealed class ClaimSectionTests : ConsoleTest
{
    private const string Qr = "GET /api/users/maria-lopez/claim/qr";
    private const string Prolong = "POST /api/users/maria-lopez/claim/prolongation";
    private const string Renew = "POST /api/users/maria-lopez/claim/renewal";

    private static readonly UserDetails Unclaimed = Samples.User() with { DidState = DidState.Unclaimed, Claim = Samples.Claim() };

    public ClaimSectionTests()
    {
        Stub.Answer(Prolong, Samples.Claim() with { Channel = ClaimChannel.Screen }, PortalJson.Default.ClaimDetails);
        Stub.Answer(Qr, () => new HttpResponseMessage { Content = new StringContent("<svg/>") });
        Browser.Setup<string>("imageAddress", "<svg/>").SetResult("blob:qr");
    }

    [Fact]
    public void An_open_claim_shows_its_QR_code()
    {
        var section = Show(Unclaimed, Samples.Manager);
        Assert.Equal("blob:qr", section.Find("[data-testid=claim-qr]").GetAttribute("src"));
        Assert.Equal("Claim QR code of Maria Lopez", section.Find("[data-testid=claim-qr]").GetAttribute("alt"));
    }

    [Theory]
    [InlineData(1, "with the BlokSec app to enroll.")]
    [InlineData(2, "with the BlokSec app to re-enroll.")]
    public void Only_who_was_enrolled_before_enrolls_again(long epoch, string words) => Assert.Contains(
        words, Show(Unclaimed with { Epoch = epoch }, Samples.Manager).Markup, StringComparison.Ordinal);

    [Fact]
    public void The_expiry_counts_down()
    {
        var section = Show(Unclaimed with { Claim = Samples.Claim() with { ExpiresAt = Samples.Now.AddSeconds(90), Channel = ClaimChannel.Sent } }, Samples.Manager);
        Assert.Equal("in 1 min 30 s", section.Find("[data-testid=claim-countdown]").TextContent);
        Clock.Advance(TimeSpan.FromSeconds(31));
        section.WaitForAssertion(() => Assert.Equal("in 59 s", section.Find("[data-testid=claim-countdown]").TextContent));
    }

    [Fact]
    public void A_reader_sees_that_a_claim_waits_but_never_the_claim()
    {
        var section = Show(Unclaimed with { Claim = Samples.Claim() with { Link = null } }, Samples.Reader);
        Assert.Empty(section.FindAll("img, input, button"));
        Assert.Contains("A claim QR code is waiting to be scanned", section.Markup, StringComparison.Ordinal);
        Assert.Empty(Stub.Requests);
    }

    [Fact]
    public void A_redeemed_claim_says_on_which_phone_and_when()
    {
        var phone = Samples.Device();
        var claim = Samples.Claim(ClaimState.Redeemed) with { RedeemedAt = Samples.Now, RedeemedByDeviceId = phone.DeviceId };
        Assert.Contains(
            "Enrolled on iPhone 16 Pro, 12:03", Text(Show(Samples.User(phone) with { Claim = claim }, Samples.Manager)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClaimState.Expired, "The claim QR code has expired")]
    [InlineData(ClaimState.Locked, "Too many wrong codes were tried")]
    public void A_dead_claim_says_why_and_offers_a_new_one(ClaimState state, string words)
    {
        var section = Show(Unclaimed with { Claim = Samples.Claim(state) }, Samples.Manager);
        Assert.Contains(words, section.Markup, StringComparison.Ordinal);
        Assert.Contains("Renew claim QR code", section.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void I8_Attempts_and_lock_outs_are_seen_while_one_watches()
    {
        var section = Show(Unclaimed, Samples.Manager);
        Assert.Empty(section.FindAll("[data-testid=claim-attempts]"));
        var tried = Samples.Claim() with { FailedAttempts = 9, LastFailedAttemptAt = Samples.Now.AddMinutes(-1) };
        section.Render(parameters => parameters.Add(section => section.User, Unclaimed with { Claim = tried }));
        Assert.Equal("9 wrong codes, last 1 minute ago", section.Find("[data-testid=claim-attempts]").TextContent);
        var locked = tried with { State = ClaimState.Locked, FailedAttempts = 10, Link = null };
        section.Render(parameters => parameters.Add(section => section.User, Unclaimed with { Claim = locked }));
        Assert.Contains("10 wrong codes, last 1 minute ago.", section.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Renewing_is_confirmed_first_and_asked_for_once()
    {
        Stub.Refuse(Renew, HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable)
            .Answer(Renew, Samples.Claim(), PortalJson.Default.ClaimDetails);
        var section = Show(Unclaimed, Samples.Manager);
        section.FindAll("button").Single(button => button.TextContent.Trim() == "Renew").Click();
        Assert.DoesNotContain(Stub.Requests, seen => seen.Request == Renew);
        Assert.Contains("stop working at once", section.Find("dialog").TextContent, StringComparison.Ordinal);

        section.Find("dialog button.primary").Click();
        Assert.Contains("does not respond", section.Find("dialog [role=alert]").TextContent, StringComparison.Ordinal);
        section.Find("dialog button.primary").Click();
        var keys = Stub.Requests.Where(seen => seen.Request == Renew).Select(seen => seen.Headers["Idempotency-Key"]).ToList();
        Assert.Equal(2, keys.Count);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public void A_link_that_is_shown_only_after_a_recent_sign_in_leads_to_one()
    {
        Stub.Refuse(Qr, HttpStatusCode.Unauthorized, ProblemCodes.InsufficientUserAuthentication);
        var section = Show(Unclaimed with { Claim = Samples.Claim() with { Link = null } }, Samples.Manager);

        section.Find("[data-testid=claim-hidden] button").Click();

        var address = Services.GetRequiredService<NavigationManager>().Uri;
        Assert.EndsWith("authentication/login", address, StringComparison.Ordinal);
    }

    [Fact]
    public void While_the_identity_is_reset_the_claim_is_announced() => Assert.Contains(
        "The claim QR code is being created",
        Show(Samples.User() with { DidState = DidState.Resetting }, Samples.Manager).Markup,
        StringComparison.Ordinal);

    [Fact]
    public void A_user_who_is_enrolled_has_no_claim_to_show() =>
        Assert.Equal("", Show(Samples.User(Samples.Device()), Samples.Manager).Markup.Trim());

    private IRenderedComponent<ClaimSection> Show(UserDetails user, Administrator administrator) => Render<ClaimSection>(parameters => parameters
        .AddCascadingValue(administrator)
        .Add(section => section.User, user));
}
