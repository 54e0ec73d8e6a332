using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>What tries with other codes than the open claim's cost, and who sees them.</summary>
public sealed class ClaimAttemptsTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I8_A_locked_claim_opens_again_only_with_another_code()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var claim = await test.RenewedAsync(user);
        for (var guess = 0; guess < 10; guess++)
        {
            var wrong = claim.Code[..^1] + (claim.Code[^1] == 'A' ? 'E' : 'A');
            Assert.Equal(403, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), wrong)).Status);
        }

        var told = await test.Admin(TestCloud.Reader).ClaimAsync(user.UserId, Stop);
        Assert.Equal((ClaimState.Locked, 10, null), (told.State, told.FailedAttempts, told.Link));
        var renewed = await test.RenewedAsync(user);
        Assert.Equal(0, (await test.Admin().ClaimAsync(user.UserId, Stop)).FailedAttempts);
        Assert.Equal(409, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code)).Status);
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), renewed.Code)).Status);
    }

    [Fact]
    public async Task I8_Whoever_knows_tenant_and_user_and_nothing_of_the_claim_costs_it_nothing()
    {
        var (user, stranger) = (await test.NewUserAsync(phones: 0, invited: true), PhoneKey.Create(KeyKind.P256));
        var claim = await test.RenewedAsync(user);
        var before = await test.TextAsync(user);
        var invented = new[] { "", "wrong", "é", new string('A', claim.Code.Length), claim.Code[..11], claim.Code[1..], claim.Code[12..] };
        foreach (var code in invented.Where(code => code.Length > 0).Concat(Enumerable.Range(0, 12).Select(guess => $"wrong-code-{guess}")))
        {
            var refused = await test.RedeemAsync(user.NewSigner(), stranger, code);
            Assert.Equal((403, ProblemCodes.ClaimInvalid), (refused.Status, refused.ProblemCode));
        }

        Assert.Equal(400, (await test.RedeemAsync(user.NewSigner(), stranger, "")).Status);
        Assert.Equal(before, await test.TextAsync(user));
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), stranger, claim.Code)).Status);
    }

    [Fact]
    public async Task I8_A_replaced_code_is_answered_as_such_however_often_and_costs_the_open_claim_nothing()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var old = new[] { await test.RenewedAsync(user), await test.RenewedAsync(user), await test.RenewedAsync(user) };
        var renewed = await test.RenewedAsync(user);
        var before = await test.TextAsync(user);
        for (var scan = 0; scan < 12; scan++)
        {
            var refused = await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519), old[scan % old.Length].Code);
            Assert.Equal((409, ProblemCodes.ClaimReplaced), (refused.Status, refused.ProblemCode));
        }

        Assert.Equal(before, await test.TextAsync(user));
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), renewed.Code)).Status);
    }

    [Fact]
    public async Task I8_A_try_that_knows_a_part_of_the_code_is_seen_at_once_by_everybody_who_may_look()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var claim = await test.RenewedAsync(user);
        var wrong = claim.Code[..12] + new string('A', 28);

        Assert.Equal(ProblemCodes.ClaimInvalid, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), wrong)).ProblemCode);

        var told = (await test.Admin(TestCloud.Reader).UserAsync(user.UserId, Stop)).Claim!;
        Assert.Equal((ClaimState.Open, 1), (told.State, told.FailedAttempts));
        Assert.InRange(told.LastFailedAttemptAt!.Value, told.CreatedAt, test.Time.GetUtcNow());
    }

    [Fact]
    public async Task I8_A_used_code_that_another_phone_shows_is_an_alert_each_time()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var claim = await test.RenewedAsync(user);
        var (signer, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519));
        Assert.Equal(201, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);
        Assert.Equal(200, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);
        Assert.DoesNotContain(await test.AuditAsync(user), entry => entry.Alert);

        var other = user.NewSigner();
        Assert.Equal(ProblemCodes.ClaimUsed, (await test.RedeemAsync(other, PhoneKey.Create(KeyKind.P256), claim.Code)).ProblemCode);

        var alert = Assert.Single(await test.AuditAsync(user), entry => entry.Alert);
        Assert.Equal((AuditActions.ClaimUsedAgain, other.Key.DeviceId), (alert.Action, alert.Actor.Id));
    }

    [Fact]
    public async Task I8_A_used_code_is_an_alert_also_after_a_later_claim()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var used = await test.RenewedAsync(user);
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519), used.Code)).Status);
        await test.UnregisteredAsync(user);

        Assert.Equal(ProblemCodes.ClaimReplaced, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), used.Code)).ProblemCode);

        Assert.Equal(AuditActions.ClaimUsedAgain, Assert.Single(await test.AuditAsync(user), entry => entry.Alert).Action);
    }
}
