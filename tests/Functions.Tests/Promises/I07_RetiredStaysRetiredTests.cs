using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Promises;

public sealed class RetiredStaysRetiredTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I7_An_old_backup_restores_nothing_ever_again_and_each_try_is_an_alert()
    {
        var user = await test.NewUserAsync(phones: 1);
        var stolen = await user.Phones[0].CreateBackupAsync(Stop);
        var claim = await test.UnregisteredAsync(user);
        await AssertRefusedAsync(user, stolen!, alerts: 1);

        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519), claim.Code)).Status);
        await test.AtRestAsync(user);
        await AssertRefusedAsync(user, stolen!, alerts: 2);

        await test.UnregisteredAsync(user);
        await test.PassAsync(TimeSpan.FromDays(300));
        await AssertRefusedAsync(user, stolen!, alerts: 3);
    }

    [Fact]
    public async Task I7_Every_DID_that_a_user_ever_had_stays_retired()
    {
        var user = await test.NewUserAsync(phones: 1);
        var retired = new List<PhoneKey> { user.DidKey() };
        for (var life = 0; life < 3; life++)
        {
            var claim = await test.UnregisteredAsync(user);
            var didKey = PhoneKey.Create(life % 2 == 0 ? KeyKind.P256 : KeyKind.Ed25519);
            Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), didKey, claim.Code)).Status);
            await test.AtRestAsync(user);
            foreach (var old in retired)
            {
                var restored = await test.RestoreAsync(user.NewSigner(), old);
                Assert.Equal((403, ProblemCodes.DidRetired), (restored.Status, restored.ProblemCode));
            }

            Assert.Equal(201, (await test.RestoreAsync(user.NewSigner(), didKey)).Status);
            retired.Add(didKey);
        }

        var alert = Assert.Single(await AlertsAsync(user));
        Assert.Equal(6, alert.Count);
        Assert.Equal(retired[..^1].Select(old => old.Did), alert.Targets);

        // The registry of keys remembers them: the user's document does not grow.
        Assert.Empty((await test.UserDocumentAsync(user)).RetiredDids);
    }

    [Fact]
    public async Task I7_A_retired_DID_with_a_wrong_claim_code_is_an_alert_too()
    {
        var user = await test.NewUserAsync(phones: 1);
        var didKey = user.DidKey();
        var claim = await test.UnregisteredAsync(user);

        foreach (var wrong in new[] { "wrong", claim.Code[..20] + new string('A', 20) })
        {
            var refused = await test.RedeemAsync(user.NewSigner(), didKey, wrong);
            Assert.Equal((403, ProblemCodes.DidRetired), (refused.Status, refused.ProblemCode));
        }

        Assert.Equal(2, Assert.Single(await AlertsAsync(user)).Count);
        Assert.Equal((ClaimState.Open, 1), await ClaimAsync(user));
    }

    [Fact]
    public async Task I7_A_claim_refuses_every_retired_DID_and_still_works_for_a_fresh_one()
    {
        var user = await test.NewUserAsync(phones: 1);
        var first = user.DidKey();
        var claim = await test.UnregisteredAsync(user);
        var second = PhoneKey.Create(KeyKind.Ed25519);
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), second, claim.Code)).Status);
        await test.AtRestAsync(user);
        claim = await test.UnregisteredAsync(user);

        foreach (var old in new[] { first, second, first })
        {
            var redeemed = await test.RedeemAsync(user.NewSigner(), old, claim.Code);
            Assert.Equal((403, ProblemCodes.DidRetired), (redeemed.Status, redeemed.ProblemCode));
        }

        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
        Assert.Equal((ClaimState.Open, 0), await ClaimAsync(user));
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code)).Status);
    }

    [Fact]
    public async Task I7_An_alert_tells_which_DID_was_used_by_which_device_key_and_when()
    {
        var user = await test.NewUserAsync(phones: 1);
        var didKey = user.DidKey();
        await test.UnregisteredAsync(user);
        var thief = user.NewSigner();
        var before = test.Time.GetUtcNow();

        await test.RestoreAsync(thief, didKey);

        var alert = Assert.Single(await AlertsAsync(user));
        Assert.Equal(("phone", thief.Key.DeviceId), (alert.Actor.Kind, alert.Actor.Id));
        Assert.Equal([didKey.Did], alert.Targets);
        Assert.InRange(alert.At, before, test.Time.GetUtcNow());
    }

    [Fact]
    public async Task I7_A_late_message_of_an_old_enrollment_binds_no_account_to_its_DID()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 4);
        var claim = await test.UnregisteredAsync(user);
        var didKey = PhoneKey.Create(KeyKind.Ed25519);
        using (var turnstile = new Turnstile(test, Queues.DidResets))
        {
            Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), didKey, claim.Code)).Status);
            await turnstile.WaitingAsync(Queues.DidResets);
            await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            await turnstile.LetThroughAsync(Queues.DidResets);
        }

        await test.AtRestAsync(user);
        foreach (var operation in await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType))
        {
            await test.ComeAgainAsync(operation);
        }

        Assert.All(await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType), account => Assert.Null(account.Did));
        Assert.Null((await test.UserDocumentAsync(user)).Did);
        Assert.Equal(ProblemCodes.DidRetired, (await test.RestoreAsync(user.NewSigner(), didKey)).ProblemCode);
    }

    [Fact]
    public async Task I7_Removing_single_phones_retires_no_DID()
    {
        var user = await test.NewUserAsync(phones: 2);
        var didKey = user.DidKey();
        await test.RemovedAsync(user, 0);
        await test.RemovedAsync(user, 1);

        Assert.Equal(201, (await test.RestoreAsync(user.NewSigner(), didKey)).Status);
        Assert.Empty(await AlertsAsync(user));
    }

    private async Task AssertRefusedAsync(TestUser user, Backup backup, int alerts)
    {
        await test.AtRestAsync(user);
        var before = await test.TextAsync(user, "c.type NOT IN ('audit', 'proof', 'alert')");
        var thief = test.NewPhone(DevicePlatform.Android);

        await thief.RestoreAsync(backup, Stop);

        Assert.Null(thief.State.Registration);
        Assert.Equal(before, await test.TextAsync(user, "c.type NOT IN ('audit', 'proof', 'alert')"));
        Assert.Equal(alerts, (await AlertsAsync(user)).Sum(alert => alert.Count));
    }

    private async Task<IReadOnlyList<AuditDocument>> AlertsAsync(TestUser user) =>
        [.. (await test.AuditAsync(user)).Where(entry => entry is { Alert: true, Action: AuditActions.RetiredDidUsed })];

    private async Task<(ClaimState State, int FailedAttempts)> ClaimAsync(TestUser user)
    {
        var claim = await test.Admin().ClaimAsync(user.UserId, Stop);
        return (claim.State, claim.FailedAttempts);
    }
}
