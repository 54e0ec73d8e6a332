using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Claims;

public sealed class SendClaimTests(ClaimCloud cloud) : ClaimTest(cloud)
{
    [Fact]
    public async Task Sent_it_lives_for_hours_from_then_on_and_no_screen_changes_that()
    {
        await ChooseAsync(isRequired: false, sentHours: 48);
        var (user, claim) = await NewClaimAsync();
        Read(await ProlongAsync(user, claim.ClaimId));
        Pass(TimeSpan.FromMinutes(5));
        var until = Now.AddHours(48);

        var sent = Read(await SendAsync(user, claim.ClaimId));
        Assert.Equal((ClaimChannel.Sent, until, claim.Link, null), (sent.Channel, sent.ExpiresAt, sent.Link, sent.SentHours));

        Pass(TimeSpan.FromHours(1));
        Assert.Equal(until, Read(await SendAsync(user, claim.ClaimId)).ExpiresAt);
        Assert.Equal((ClaimChannel.Sent, until), (Read(await ProlongAsync(user, claim.ClaimId)).Channel, (await ClaimAsync(user)).ExpiresAt));
        var entry = Assert.Single(await EntriesAsync(user, AuditActions.ClaimSent));
        Assert.Equal("alice", entry.GetProperty("actor").GetProperty("id").GetString());

        Pass(until - Now - TimeSpan.FromMilliseconds(1));
        Assert.Equal(201, (await RedeemAsync(user, claim.Link)).Status);
        (await SendAsync(user, claim.ClaimId)).Problem(409, ProblemCodes.ClaimUsed);
    }

    [Fact]
    public async Task Only_who_may_see_the_claim_sends_it_and_only_this_one()
    {
        var (user, old) = await NewClaimAsync();
        var claim = await RenewAsync(user);
        var stale = Cloud.Issuer.Token(new TokenClaims { Tenant = Tenant, SignedInAgo = TimeSpan.FromHours(1) });

        (await SendAsync(user, old.ClaimId)).Problem(409, ProblemCodes.ClaimReplaced);
        (await SendAsync(user, claim.ClaimId, Token("rob", "Users.Read"))).Problem(403, ProblemCodes.Forbidden);
        (await SendAsync(user, claim.ClaimId, stale)).Problem(401, ProblemCodes.InsufficientUserAuthentication);
        (await SendAsync(user, claim.ClaimId, Cloud.Neighbour)).Problem(404, ProblemCodes.NotFound);

        Assert.Empty(await EntriesAsync(user, AuditActions.ClaimSent));
        Assert.Null((await ClaimAsync(user)).Channel);
    }

    [Theory]
    [InlineData(4, 24)]
    [InlineData(11, 24)]
    [InlineData(10, 0)]
    [InlineData(10, 169)]
    public async Task No_tenant_chooses_longer_than_NIST_SP_800_63B_4_has_it(int screenMinutes, int sentHours)
    {
        var refused = await Cloud.Api.SendAsync(
            Alice,
            HttpMethod.Put,
            "policies",
            $$"""{"identityCheck":{"required":false,"ways":[]},"claims":{"screenMinutes":{{screenMinutes}},"sentHours":{{sentHours}} },"holdMinutes":0,"secondPerson":{"forMany":false,"forAdministrators":false,"withinMinutes":60} }""",
            ("If-Match", "\"none\""));

        refused.Problem(400, ProblemCodes.InvalidRequest);
    }
}
