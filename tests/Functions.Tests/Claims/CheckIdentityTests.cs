using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Claims;

public sealed class CheckIdentityTests(ClaimCloud cloud) : ClaimTest(cloud)
{
    [Fact]
    public async Task Without_the_policy_a_claim_is_shown_at_once()
    {
        var (user, claim) = await NewClaimAsync();

        Assert.NotNull(claim.Link);
        Assert.Equal((false, null, null), (claim.IdentityCheckRequired, claim.IdentityCheckWays, claim.IdentityCheck));
        Assert.Equal(200, (await QrAsync(user)).Status);
    }

    [Fact]
    public async Task With_the_policy_no_link_leaves_before_it_is_recorded_how_the_person_was_recognized()
    {
        await ChooseAsync(isRequired: true);
        var invited = await Cloud.Api.SendAsync(
            Alice, HttpMethod.Post, "users", $$"""{"givenName":"Ada","familyName":"Byron","email":"{{Tenant}}@example.com"}""");
        Assert.Equal(201, invited.Status);
        var (user, claim) = await NewClaimAsync();
        var page = await Cloud.Api.SendAsync(Alice, HttpMethod.Get, $"users/{user.UserId}");

        Assert.Equal((null, true), (claim.Link, claim.IdentityCheckRequired));
        Assert.Equal([Badge, Call], claim.IdentityCheckWays);
        Assert.All(
            [invited.Text, page.Text, (await Cloud.Api.SendAsync(Alice, HttpMethod.Get, $"users/{user.UserId}/claim")).Text],
            text => Assert.DoesNotContain("/claim#", text, StringComparison.Ordinal));
        (await QrAsync(user)).Problem(409, ProblemCodes.IdentityCheckRequired);
        (await ProlongAsync(user, claim.ClaimId)).Problem(409, ProblemCodes.IdentityCheckRequired);
        (await SendAsync(user, claim.ClaimId)).Problem(409, ProblemCodes.IdentityCheckRequired);

        var shown = Read(await CheckAsync(user, claim.ClaimId, Badge, "Ticket 4711"));

        Assert.Equal((false, null), (shown.IdentityCheckRequired, shown.IdentityCheckWays));
        Assert.Equal(new IdentityCheckDetails(Badge, "Ticket 4711", "alice Admin", Now), shown.IdentityCheck);
        Assert.Equal(200, (await QrAsync(user)).Status);
        Assert.Equal(201, (await RedeemAsync(user, shown.Link)).Status);
        Assert.Equal(shown.IdentityCheck, (await ClaimAsync(user)).IdentityCheck);
    }

    [Fact]
    public async Task I12_the_auditor_reads_once_who_recognized_the_person_and_how()
    {
        await ChooseAsync(isRequired: true);
        var (user, claim) = await NewClaimAsync();

        var first = Read(await CheckAsync(user, claim.ClaimId, Call, "Two\r\nlines"));
        var again = Read(await CheckAsync(user, claim.ClaimId, Call, "Two\r\nlines"));

        Assert.Equal(first, again);
        var entry = Assert.Single(await EntriesAsync(user, AuditActions.ClaimIdentityChecked));
        Assert.Equal((Call, "Two lines"), (entry.GetProperty("after").GetProperty("way").GetString(), entry.GetProperty("after").GetProperty("note").GetString()));
        Assert.Equal("alice", entry.GetProperty("actor").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Of_two_administrators_at_once_the_first_is_recorded_and_both_are_told_so()
    {
        await ChooseAsync(isRequired: true);
        var (user, claim) = await NewClaimAsync();

        var answers = await Task.WhenAll(CheckAsync(user, claim.ClaimId, Badge, "A"), CheckAsync(user, claim.ClaimId, Call, "B", Token("bob")));

        var (one, other) = (Read(answers[0]), Read(answers[1]));
        Assert.Equal(one.IdentityCheck, other.IdentityCheck);
        Assert.NotNull(one.Link);
        Assert.Equal(one.Link, other.Link);
        Assert.Single(await EntriesAsync(user, AuditActions.ClaimIdentityChecked));
    }

    [Fact]
    public async Task A_renewed_claim_needs_a_check_of_its_own()
    {
        await ChooseAsync(isRequired: true);
        var (user, old) = await NewClaimAsync();
        Read(await CheckAsync(user, old.ClaimId, Badge));

        var renewed = await RenewAsync(user);

        Assert.Equal((null, true, null), (renewed.Link, renewed.IdentityCheckRequired, renewed.IdentityCheck));
        (await CheckAsync(user, old.ClaimId, Badge)).Problem(409, ProblemCodes.ClaimReplaced);
        (await CheckAsync(user, "no-claim", Badge)).Problem(409, ProblemCodes.ClaimReplaced);
        (await QrAsync(user)).Problem(409, ProblemCodes.IdentityCheckRequired);
    }

    [Fact]
    public async Task A_policy_that_is_switched_on_later_hides_claims_that_are_open()
    {
        var (user, claim) = await NewClaimAsync();
        Read(await ProlongAsync(user, claim.ClaimId));

        await ChooseAsync(isRequired: true);

        Assert.Equal((null, true), ((await ClaimAsync(user)).Link, (await ClaimAsync(user)).IdentityCheckRequired));
        (await QrAsync(user)).Problem(409, ProblemCodes.IdentityCheckRequired);
        (await ProlongAsync(user, claim.ClaimId)).Problem(409, ProblemCodes.IdentityCheckRequired);
    }

    [Theory]
    [InlineData("By its nose")]
    [InlineData("badge in person")]
    [InlineData("Badge in person ‮")]
    [InlineData("")]
    public async Task A_way_that_the_tenant_does_not_list_is_refused(string way)
    {
        await ChooseAsync(isRequired: true);
        var (user, claim) = await NewClaimAsync();

        var refused = (await CheckAsync(user, claim.ClaimId, way)).Problem(400, ProblemCodes.InvalidRequest);

        Assert.True(refused.GetProperty("errors").TryGetProperty("way", out _));
        Assert.Null((await ClaimAsync(user)).IdentityCheck);
        Assert.Empty(await EntriesAsync(user, AuditActions.ClaimIdentityChecked));
    }

    [Theory]
    [InlineData("looks ‮sdrawkcab")]
    [InlineData("\u0000")]
    [InlineData(" ")]
    public async Task A_hostile_note_is_refused(string note)
    {
        await ChooseAsync(isRequired: true);
        var (user, claim) = await NewClaimAsync();

        var refused = (await CheckAsync(user, claim.ClaimId, Badge, note)).Problem(400, ProblemCodes.InvalidRequest);

        Assert.True(refused.GetProperty("errors").TryGetProperty("note", out _));
        (await CheckAsync(user, claim.ClaimId, Badge, new string('x', 201))).Problem(400, ProblemCodes.InvalidRequest);
        Assert.Null((await ClaimAsync(user)).IdentityCheck);
    }

    [Fact]
    public async Task Only_who_manages_devices_and_signed_in_recently_can_record_it()
    {
        await ChooseAsync(isRequired: true);
        var (user, claim) = await NewClaimAsync();
        var reader = Token("rob", "Users.Read");
        var stale = Cloud.Issuer.Token(new TokenClaims { Tenant = Tenant, SignedInAgo = TimeSpan.FromHours(1) });

        (await CheckAsync(user, claim.ClaimId, Badge, token: reader)).Problem(403, ProblemCodes.Forbidden);
        (await CheckAsync(user, claim.ClaimId, Badge, token: stale)).Problem(401, ProblemCodes.InsufficientUserAuthentication);
        (await CheckAsync(user, claim.ClaimId, Badge, token: Cloud.Neighbour)).Problem(404, ProblemCodes.NotFound);

        Read(await CheckAsync(user, claim.ClaimId, Badge));
        Assert.Null((await ClaimAsync(user, reader)).Link);
        Assert.Null((await ClaimAsync(user, stale)).Link);
    }

    [Fact]
    public async Task I9_the_policy_of_one_tenant_is_nothing_to_another()
    {
        await ChooseAsync(isRequired: true);
        var neighbour = await Cloud.Test.NewUserAsync(phones: 0, tenantId: "fabrikam", invited: true);

        var renewed = Read(await Cloud.Api.SendAsync(Cloud.Neighbour, HttpMethod.Post, $"users/{neighbour.UserId}/claim/renewal"));

        Assert.NotNull(renewed.Link);
    }

    [Fact]
    public async Task It_is_recorded_where_it_is_not_demanded_too_but_not_for_a_claim_that_is_over()
    {
        await ChooseAsync(isRequired: false);
        var (user, claim) = await NewClaimAsync();
        Assert.Equal(Badge, Read(await CheckAsync(user, claim.ClaimId, Badge)).IdentityCheck?.Way);
        var (late, old) = await NewClaimAsync();

        Assert.Equal(201, (await RedeemAsync(user, claim.Link)).Status);
        Pass(TimeSpan.FromHours(24));

        (await CheckAsync(user, claim.ClaimId, Badge)).Problem(409, ProblemCodes.ClaimUsed);
        (await CheckAsync(late, old.ClaimId, Badge)).Problem(410, ProblemCodes.ClaimExpired);
    }
}
