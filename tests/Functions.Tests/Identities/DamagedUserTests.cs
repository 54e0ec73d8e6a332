using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Keys;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Identities;

/// <summary>A user's document with a member that cannot be read, on which decisions rest, stops no administrator from blocking phones.</summary>
public sealed class DamagedUserTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Damages => new()
    {
        { "/epoch", "text" },
        { "/epoch", "gone" },
        { "/did", "object" },
        { "/didState", "ofALaterVersion" },
        { "/activeDeviceId", "object" },
        { "/retiredDids", "text" },
        { "/keysEntered", "text" },
        { "/unregistrationOperationId", "object" },
        { "/schemaVersion", "text" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task I1_One_of_the_users_devices_is_removed_by_the_plan_that_was_shown(string member, string damage)
    {
        var user = await test.NewUserAsync(phones: 2);
        await DamageAsync(user, member, damage);

        var page = await test.Admin().AskAsync($"users/{user.UserId}");
        var plan = await test.Admin().AskAsync($"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal/plan");
        Assert.Equal((200, 200), (page.Status, plan.Status));
        var removal = await test.Admin().SendAsync(
            HttpMethod.Post,
            $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal",
            new RemoveDeviceRequest
            {
                Confirmation = ConfirmationPhrases.RemoveDevice,
                PlanHash = plan.Read<RevocationPlanDetails>().PlanHash,
            });

        Assert.Equal(202, removal.Status);
        await test.SucceededAsync(user, removal.Read<OperationDetails>().OperationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Null(user.Phones[0].State.Registration);
        Assert.NotNull(user.Phones[1].State.Registration);
        Assert.Contains(page.Read<UserDetails>().Unreadable, document => document.Id == UserDocument.DocumentId);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task I6_I7_All_devices_are_unregistered_which_repairs_the_document_and_retires_every_DID(string member, string damage)
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 2);
        var first = user.DidKey();
        var claim = await test.UnregisteredAsync(user);
        var second = PhoneKey.Create(KeyKind.P256);
        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), second, claim.Code)).Status);
        await test.AtRestAsync(user);
        var epoch = (await test.UserDocumentAsync(user)).Epoch;
        await DamageAsync(user, member, damage);

        claim = await test.UnregisteredAsync(user);

        var repaired = await test.UserDocumentAsync(user);
        Assert.Equal((epoch + 1, DidState.Unclaimed, null), (repaired.Epoch, repaired.DidState, repaired.Did));
        Assert.All(await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType), account => Assert.Null(account.Did));
        var alert = Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.DocumentRepaired);
        Assert.True(alert.Alert);
        foreach (var old in new[] { first, second })
        {
            Assert.Equal(((int?)403, ProblemCodes.DidRetired), await RefusalAsync(user, old, claim.Code));
        }

        Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519), claim.Code)).Status);
    }

    [Fact]
    public async Task I7_A_DID_is_retired_that_only_the_accounts_and_the_audit_still_name()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 1);
        var did = user.DidKey();
        await test.PatchAsync(user, UserDocument.DocumentId, PatchOperation.Remove("/keysEntered"), PatchOperation.Set("/did", 7));

        var claim = await test.UnregisteredAsync(user);

        Assert.Contains(did.Did, (await test.UserDocumentAsync(user)).RetiredDids);
        Assert.Equal(((int?)403, ProblemCodes.DidRetired), await RefusalAsync(user, did, claim.Code));
    }

    [Fact]
    public async Task A_device_without_a_readable_epoch_gets_a_statement_of_the_highest_one_that_can_be_read()
    {
        var user = await test.NewUserAsync(phones: 2);
        await DamageAsync(user, "/epoch", "text");
        await test.PatchAsync(user, DeviceDocument.IdOf(user.DeviceIds[0]), PatchOperation.Set("/epoch", "text"));

        await test.RemovedAsync(user, 0);

        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Null(user.Phones[0].State.Registration);
    }

    [Fact]
    public async Task An_active_device_that_cannot_be_read_counts_as_none_and_the_administrator_can_choose_one()
    {
        var user = await test.NewUserAsync(phones: 3);
        await DamageAsync(user, "/activeDeviceId", "object");

        await test.RemovedAsync(user, 0);
        Assert.Null((await test.UserDocumentAsync(user)).ActiveDeviceId);
        await DamageAsync(user, "/activeDeviceId", "object");
        var page = (await test.Admin().AskAsync($"users/{user.UserId}")).Read<UserDetails>();
        var chosen = await test.Admin().SetActiveAsync(user.UserId, user.DeviceIds[1], page.ETag);

        Assert.Null(page.ActiveDeviceId);
        Assert.Equal(204, chosen.Status);
        Assert.Equal(user.DeviceIds[1], (await test.UserDocumentAsync(user)).ActiveDeviceId);
    }

    [Fact]
    public async Task I7_Phones_are_asked_to_come_back_and_nothing_is_bound_meanwhile()
    {
        var user = await test.NewUserAsync(phones: 1);
        await DamageAsync(user, "/did", "object");
        var before = await test.TextAsync(user);

        var restored = await test.RestoreAsync(user.NewSigner(), user.DidKey());
        var renewed = await test.Admin().RenewAsync(user.UserId);

        Assert.Equal((503, ProblemCodes.DocumentUnreadable), (restored.Status, restored.ProblemCode));
        Assert.Equal((503, ProblemCodes.DocumentUnreadable), (renewed.Status, renewed.Code));
        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task I2_A_phone_whose_own_document_cannot_be_read_is_asked_to_come_back_and_stays_as_it_is()
    {
        var user = await test.NewUserAsync(phones: 1);
        var signer = user.Signer(0);
        await test.PatchAsync(user, DeviceDocument.IdOf(user.DeviceIds[0]), PatchOperation.Set("/lastActiveAt", "text"));

        var status = await test.StatusAsync(signer);
        await user.Phones[0].OpenAppAsync(Stop);

        Assert.Equal((503, ProblemCodes.DocumentUnreadable), (status.Status, status.ProblemCode));
        Assert.NotNull(user.Phones[0].State.Registration);
        Assert.Contains(test.Logs.Lines, line => line.Contains($"device document {DeviceDocument.IdOf(user.DeviceIds[0])} cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task I1_A_removed_phone_is_told_although_its_own_document_cannot_be_read()
    {
        var user = await test.NewUserAsync(phones: 2);
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        using (test.BusOut())
        {
            await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);
            await test.PatchAsync(user, DeviceDocument.IdOf(user.DeviceIds[0]), PatchOperation.Set("/lastActiveAt", "text"));

            Assert.Equal(410, (await test.StatusAsync(signer)).Status);
        }
    }

    [Fact]
    public async Task I1_A_damaged_user_of_a_later_version_loses_a_device_and_is_unregistered_by_the_later_version()
    {
        var user = await test.NewUserAsync(phones: 2);
        await test.PatchAsync(user, UserDocument.DocumentId, PatchOperation.Set("/schemaVersion", 2), PatchOperation.Set("/did", 7));

        await test.RemovedAsync(user, 0);
        var unregistration = await test.Admin().UnregistrationAsync(user.UserId);

        Assert.Equal((503, ProblemCodes.ServiceUpdating), (unregistration.Status, unregistration.Code));
    }

    private async Task<(int? Status, string? Code)> RefusalAsync(TestUser user, PhoneKey did, string code)
    {
        var answer = await test.RedeemAsync(user.NewSigner(), did, code);
        return (answer.Status, answer.ProblemCode);
    }

    private Task DamageAsync(TestUser user, string member, string damage) => test.PatchAsync(user, UserDocument.DocumentId, damage switch
    {
        "gone" => PatchOperation.Remove(member),
        "object" => PatchOperation.Set(member, new Dictionary<string, int> { ["of"] = 1 }),
        _ => PatchOperation.Set(member, damage),
    });
}
