using BlokSec.Contracts;

namespace BlokSec.Functions.Tests.Claims;

public sealed class ProlongClaimTests(ClaimCloud cloud) : ClaimTest(cloud)
{
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_claim_that_nobody_was_shown_lives_as_long_as_one_that_is_sent()
    {
        await ChooseAsync(isRequired: false, sentHours: 3);

        var (_, claim) = await NewClaimAsync();

        Assert.Equal((null, Now.AddHours(3), 3), (claim.Channel, claim.ExpiresAt, claim.SentHours));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public async Task On_the_screen_it_lives_for_minutes_and_longer_only_while_it_is_prolonged(int minutes)
    {
        await ChooseAsync(isRequired: false, screenMinutes: minutes);
        var (user, claim) = await NewClaimAsync();

        var shown = Read(await ProlongAsync(user, claim.ClaimId));
        Assert.Equal((ClaimChannel.Screen, Now.AddMinutes(minutes), claim.Link), (shown.Channel, shown.ExpiresAt, shown.Link));

        Pass(TimeSpan.FromMinutes(minutes) - Instant);
        Assert.Equal(Now.AddMinutes(minutes), Read(await ProlongAsync(user, claim.ClaimId)).ExpiresAt);
        Pass(TimeSpan.FromMinutes(minutes) - Instant);
        Assert.Equal(201, (await RedeemAsync(user, claim.Link)).Status);
        (await ProlongAsync(user, claim.ClaimId)).Problem(409, ProblemCodes.ClaimUsed);
    }

    [Fact]
    public async Task I8_a_claim_that_has_expired_is_not_prolonged()
    {
        var (user, claim) = await NewClaimAsync();
        Read(await ProlongAsync(user, claim.ClaimId));
        Pass(TimeSpan.FromMinutes(10));

        (await ProlongAsync(user, claim.ClaimId)).Problem(410, ProblemCodes.ClaimExpired);
        (await SendAsync(user, claim.ClaimId)).Problem(410, ProblemCodes.ClaimExpired);
        (await RedeemAsync(user, claim.Link)).Problem(410, ProblemCodes.ClaimExpired);
        var renewed = await RenewAsync(user);
        (await ProlongAsync(user, claim.ClaimId)).Problem(409, ProblemCodes.ClaimReplaced);
        Assert.Equal((null, Now.AddHours(24)), (renewed.Channel, renewed.ExpiresAt));
    }

    [Fact]
    public async Task However_long_somebody_looks_it_ends_a_day_after_it_was_shown_first()
    {
        await ChooseAsync(isRequired: false, sentHours: 168);
        var (user, claim) = await NewClaimAsync();
        Pass(TimeSpan.FromHours(100));
        var until = Now.AddHours(24);
        for (var minute = 0; minute < 24 * 60; minute += 9)
        {
            Assert.True(Read(await ProlongAsync(user, claim.ClaimId)).ExpiresAt <= until);
            Pass(TimeSpan.FromMinutes(9));
        }

        (await ProlongAsync(user, claim.ClaimId)).Problem(410, ProblemCodes.ClaimExpired);
    }

    [Fact]
    public async Task I12_the_audit_says_that_it_was_shown_and_is_not_flooded_with_prolongations()
    {
        var (user, claim) = await NewClaimAsync();
        var before = await EntriesAsync(user, AuditActions.ClaimShown);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ProlongAsync(user, claim.ClaimId)));
        Pass(TimeSpan.FromMinutes(2));
        Read(await ProlongAsync(user, claim.ClaimId, Token("bob")));

        Assert.Empty(before);
        Assert.Equal(claim.ClaimId, Assert.Single(await EntriesAsync(user, AuditActions.ClaimShown)).GetProperty("targets")[0].GetString());
    }

    [Fact]
    public async Task I8_prolonging_gives_no_attempt_back()
    {
        var (user, claim) = await NewClaimAsync();
        var wrong = claim.Link!.Insert(claim.Link.Length - 2, "AA");
        (await RedeemAsync(user, wrong)).Problem(403, ProblemCodes.ClaimInvalid);
        var attempts = (await ClaimAsync(user)).FailedAttempts;

        var prolonged = Read(await ProlongAsync(user, claim.ClaimId));

        Assert.Equal(1, attempts);
        Assert.Equal(attempts, prolonged.FailedAttempts);
    }

    [Fact]
    public async Task Only_who_may_see_the_claim_prolongs_it()
    {
        var (user, claim) = await NewClaimAsync();

        (await ProlongAsync(user, claim.ClaimId, Token("rob", "Users.Read"))).Problem(403, ProblemCodes.Forbidden);
        (await ProlongAsync(user, claim.ClaimId, Cloud.Neighbour)).Problem(404, ProblemCodes.NotFound);

        Assert.Equal((null, claim.ExpiresAt), ((await ClaimAsync(user)).Channel, (await ClaimAsync(user)).ExpiresAt));
    }

    [Fact]
    public async Task I8_when_a_prolongation_meets_a_redemption_or_a_renewal_neither_brings_the_claim_back()
    {
        for (var round = 0; round < 6; round++)
        {
            var (user, claim) = await NewClaimAsync();
            var (redeeming, prolonging) = (RedeemAsync(user, claim.Link), ProlongAsync(user, claim.ClaimId));
            Assert.Equal(201, (await redeeming).Status);
            Assert.Contains((await prolonging).Status, new[] { 200, 409 });
            Assert.Equal(ClaimState.Redeemed, (await ClaimAsync(user)).State);

            var (other, old) = await NewClaimAsync();
            var (renewing, late) = (RenewAsync(other), ProlongAsync(other, old.ClaimId));
            var renewed = await renewing;
            await late;
            Assert.Equal((renewed.ClaimId, null), ((await ClaimAsync(other)).ClaimId, (await ClaimAsync(other)).Channel));
        }
    }
}
