using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Promises;

public sealed class AKeyHasOneOwnerTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private const string Owners = "/colls/owners/";

    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Others => new MatrixTheoryData<string, bool>([TestCloud.Tenant, DemoPeople.Fabrikam], [true, false]);

    [Theory]
    [MemberData(nameof(Others))]
    public async Task I7_A_DID_of_one_user_active_or_retired_redeems_no_claim_of_another(string tenantId, bool isRetired)
    {
        var owner = await test.NewUserAsync(phones: 1);
        var didKey = owner.DidKey();
        if (isRetired)
        {
            await test.UnregisteredAsync(owner);
        }

        var (other, claim) = await InvitedAsync(tenantId);

        var refused = await test.RedeemAsync(other.NewSigner(), didKey, claim.Code);

        Assert.Equal((409, ProblemCodes.KeyInUse), (refused.Status, refused.ProblemCode));
        Assert.DoesNotContain(owner.UserId, refused.Body.ToString(), StringComparison.Ordinal);
        await AssertNothingBoundAsync(other, didKey.Did);
        Assert.DoesNotContain(await test.AuditAsync(owner), entry => entry.Alert);
        Assert.Equal(201, (await test.RedeemAsync(other.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code)).Status);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task I7_A_device_key_of_one_user_active_or_removed_enrolls_no_phone_of_another(string tenantId, bool isRemoved)
    {
        var owner = await test.NewUserAsync(phones: 1);
        var deviceKey = owner.Signer(0).Key;
        if (isRemoved)
        {
            await test.RemovedAsync(owner, 0);
        }

        var (other, claim) = await InvitedAsync(tenantId);
        var member = await test.NewUserAsync(phones: 1, tenantId: tenantId);

        var redeemed = await test.RedeemAsync(new Signer(deviceKey, tenantId, other.UserId), PhoneKey.Create(KeyKind.P256), claim.Code);
        var restored = await test.RestoreAsync(new Signer(deviceKey, tenantId, member.UserId), member.DidKey());

        Assert.Equal((409, ProblemCodes.KeyInUse), (redeemed.Status, redeemed.ProblemCode));
        Assert.Equal((409, ProblemCodes.KeyInUse), (restored.Status, restored.ProblemCode));
        await AssertNothingBoundAsync(other, deviceKey.DeviceId);
        Assert.Equal([deviceKey.DeviceId], Assert.Single(await AlertsAsync(member, AuditActions.KeyInUseRefused)).Targets);
        Assert.Equal(member.DeviceIds, (await test.AllAsync<DeviceDocument>(member, DeviceDocument.DocumentType)).Select(device => device.DeviceId));
    }

    [Fact]
    public async Task I7_A_DID_of_one_user_restores_no_phone_of_another_and_the_try_is_an_alert()
    {
        var (owner, other) = (await test.NewUserAsync(), await test.NewUserAsync(tenantId: DemoPeople.Fabrikam));

        var refused = await test.RestoreAsync(other.NewSigner(), owner.DidKey());

        Assert.Equal((409, ProblemCodes.KeyInUse), (refused.Status, refused.ProblemCode));
        Assert.Equal([owner.DidKey().Did], Assert.Single(await AlertsAsync(other, AuditActions.KeyInUseRefused)).Targets);
        Assert.Empty(await AlertsAsync(owner, AuditActions.KeyInUseRefused));
    }

    [Fact]
    public async Task I7_One_key_is_never_the_key_of_a_device_and_of_a_DID()
    {
        var (user, claim) = await InvitedAsync();
        var both = PhoneKey.Create(KeyKind.Ed25519);
        Assert.Equal(ProblemCodes.KeyInUse, (await test.RedeemAsync(new Signer(both, user.TenantId, user.UserId), both, claim.Code)).ProblemCode);

        var (signer, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.P256));
        Assert.Equal(201, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);
        await test.AtRestAsync(user);
        Assert.Equal(ProblemCodes.KeyInUse, (await test.RestoreAsync(new Signer(didKey, user.TenantId, user.UserId), didKey)).ProblemCode);

        var renewed = await test.UnregisteredAsync(user);
        Assert.Equal(ProblemCodes.KeyInUse, (await test.RedeemAsync(user.NewSigner(), signer.Key, renewed.Code)).ProblemCode);
        Assert.Equal(3, Assert.Single(await AlertsAsync(user, AuditActions.KeyInUseRefused)).Count);
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
    }

    [Fact]
    public async Task I7_Of_two_users_who_redeem_with_one_DID_at_the_same_moment_one_has_it()
    {
        for (var round = 0; round < 6; round++)
        {
            var (one, two) = (await InvitedAsync(), await InvitedAsync(DemoPeople.Fabrikam));
            var didKey = PhoneKey.Create(KeyKind.Ed25519);

            var answers = await Task.WhenAll(
                test.RedeemAsync(one.User.NewSigner(), didKey, one.Claim.Code), test.RedeemAsync(two.User.NewSigner(), didKey, two.Claim.Code));

            Assert.Single(answers, answer => answer.Status == 201);
            Assert.Single(answers, answer => (answer.Status, answer.ProblemCode) == (409, ProblemCodes.KeyInUse));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task I7_Keys_that_were_entered_and_never_bound_still_enroll_the_same_phone(bool isRenewed)
    {
        var (user, claim) = await InvitedAsync();
        var (signer, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519));
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = user.UserId, Status = 503 }))
        {
            Assert.Equal(503, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);
        }

        var code = isRenewed ? (await RenewedAsync(user)).Code : claim.Code;

        Assert.Equal(201, (await test.RedeemAsync(signer, didKey, code)).Status);
        Assert.DoesNotContain(await test.AuditAsync(user), entry => entry.Alert);
    }

    [Fact]
    public async Task I7_A_phone_enrolls_although_the_answers_of_the_registry_were_lost()
    {
        var (user, claim) = await InvitedAsync();
        var (signer, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.P256));
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "create", Contains = Owners, Stage = FaultStage.After, Drop = true, Times = 2 }))
        {
            await test.RedeemAsync(signer, didKey, claim.Code);
        }

        Assert.True((await test.RedeemAsync(signer, didKey, claim.Code)).IsSuccess);
        var restored = user.NewSigner();
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "create", Contains = Owners, Stage = FaultStage.After, Drop = true, Times = 1 }))
        {
            await test.RestoreAsync(restored, didKey);
        }

        Assert.True((await test.RestoreAsync(restored, didKey)).IsSuccess);
        Assert.Equal(2, (await test.DocumentsAsync(user, "c.type = 'device'")).Count);
        Assert.DoesNotContain(await test.AuditAsync(user), entry => entry.Alert);
    }

    [Fact]
    public async Task I7_While_the_registry_is_out_no_phone_enrolls_and_none_is_refused_for_good()
    {
        var (user, claim) = await InvitedAsync();
        var (signer, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.P256));
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Contains = Owners, Status = 503 }))
        {
            Assert.Equal(503, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);
        }

        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
        Assert.Equal(201, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);
    }

    [Fact]
    public async Task I7_A_user_whose_documents_are_older_than_the_registry_is_restored_and_has_the_DID_from_then_on()
    {
        var user = await OlderAsync(phones: 1);

        Assert.Equal(201, (await test.RestoreAsync(user.NewSigner(), user.DidKey())).Status);

        var (other, claim) = await InvitedAsync();
        Assert.Equal(ProblemCodes.KeyInUse, (await test.RedeemAsync(other.NewSigner(), user.DidKey(), claim.Code)).ProblemCode);
    }

    [Fact]
    public async Task I7_All_keys_of_documents_that_are_older_than_the_registry_are_entered_by_the_timer()
    {
        var user = await OlderAsync(phones: 2);
        var (removed, active, retired) = (user.Signer(0).Key, user.Signer(1).Key, user.DidKey());
        await test.RemovedAsync(user, 0);
        await test.UnregisteredAsync(user);
        Assert.Equal([retired.Did], (await test.UserDocumentAsync(user)).RetiredDids);

        Assert.True(await test.Cloud.Host.RunTimerAsync("EnterExistingKeys"));

        Assert.True((await test.UserDocumentAsync(user)).KeysEntered);
        var (other, claim) = await InvitedAsync();
        Assert.Equal(ProblemCodes.KeyInUse, (await test.RedeemAsync(other.NewSigner(), retired, claim.Code)).ProblemCode);
        foreach (var key in new[] { removed, active })
        {
            var signer = new Signer(key, other.TenantId, other.UserId);
            Assert.Equal(ProblemCodes.KeyInUse, (await test.RedeemAsync(signer, PhoneKey.Create(KeyKind.P256), claim.Code)).ProblemCode);
        }
    }

    private async Task<(TestUser User, ClaimLink Claim)> InvitedAsync(string tenantId = TestCloud.Tenant)
    {
        var user = await test.NewUserAsync(phones: 0, tenantId: tenantId, invited: true);
        return (user, await RenewedAsync(user));
    }

    private async Task<ClaimLink> RenewedAsync(TestUser user)
    {
        Assert.Equal(200, (await test.Admin(user.AdministratorName).RenewAsync(user.UserId)).Status);
        return await test.ClaimLinkAsync(user);
    }

    /// <summary>A user as a version without the registry left it.</summary>
    private async Task<TestUser> OlderAsync(int phones)
    {
        var user = await test.NewUserAsync(phones);
        await test.PatchAsync(user, UserDocument.DocumentId, PatchOperation.Remove("/keysEntered"));
        foreach (var id in user.DeviceIds.Append(user.DidKey().DeviceId).Select(thumbprint => $"key:{thumbprint}"))
        {
            using var answer = await test.Cloud.Owners.DeleteItemStreamAsync(id, new PartitionKey(id), cancellationToken: Stop);
            answer.EnsureSuccessStatusCode();
        }

        return user;
    }

    private async Task AssertNothingBoundAsync(TestUser user, string key)
    {
        Assert.Equal([key], Assert.Single(await AlertsAsync(user, AuditActions.KeyInUseRefused)).Targets);
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
        var stored = await test.UserDocumentAsync(user);
        Assert.Equal((DidState.Unclaimed, null), (stored.DidState, stored.Did));
        var claim = await test.Admin(user.AdministratorName).ClaimAsync(user.UserId, Stop);
        Assert.Equal((ClaimState.Open, 0), (claim.State, claim.FailedAttempts));
    }

    private async Task<IReadOnlyList<AuditDocument>> AlertsAsync(TestUser user, string action) =>
        [.. (await test.AuditAsync(user)).Where(entry => entry.Alert && entry.Action == action)];
}
