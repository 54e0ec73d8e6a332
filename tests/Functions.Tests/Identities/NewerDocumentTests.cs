using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Keys;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Identities;

/// <summary>While a later version of the service is rolled out, an older instance never writes a document back that the later one wrote.</summary>
public sealed class NewerDocumentTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_would_write_it_back_is_answered_that_the_service_is_being_updated_and_changes_nothing()
    {
        var user = await test.NewUserAsync(phones: 1);
        var claim = await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        await NewerAsync(user, "claim");
        var before = await test.TextAsync(user);

        var redemption = await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code);
        var renewal = await test.Admin().RenewAsync(user.UserId);

        Assert.Equal((503, ProblemCodes.ServiceUpdating), (redemption.Status, redemption.ProblemCode));
        Assert.Equal((503, ProblemCodes.ServiceUpdating), (renewal.Status, renewal.Code));
        Assert.Equal(before, await test.TextAsync(user));
        Assert.Equal(ClaimState.Open, (await test.Admin().UserAsync(user.UserId, Stop)).Claim?.State);
    }

    [Fact]
    public async Task I3_Work_that_would_write_it_back_waits_for_the_later_version()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 2);
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().UnregisterAsync(user.UserId, null, Stop)).OperationId;
        }

        var id = OperationDocument.IdOf(operationId);
        await NewerAsync(user, id);
        var operation = (await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType)).Single();
        await test.ComeAgainAsync(operation);
        Assert.Equal(2, (await test.DocumentsAsync(user, $"c.id = '{id}'"))[id].GetProperty("schemaVersion").GetInt32());
        Assert.Equal("kept", (await test.DocumentsAsync(user, $"c.id = '{id}'"))[id].GetProperty("ofALaterVersion").GetString());

        await test.PatchAsync(user, id, PatchOperation.Set("/schemaVersion", 1));
        test.Later(TimeSpan.FromMinutes(6));
        await test.SucceededAsync(user, operationId);
    }

    [Fact]
    public async Task I1_A_user_and_devices_of_a_later_version_are_unregistered_all_the_same_and_keep_what_this_version_does_not_know()
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 2);
        await NewerAsync(user, UserDocument.DocumentId);
        await NewerAsync(user, DeviceDocument.IdOf(user.DeviceIds[0]));
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);

        await test.RemovedAsync(user, 0);
        await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        var renewal = await test.Admin().RenewAsync(user.UserId);

        Assert.Equal(410, (await test.StatusAsync(signer)).Status);
        Assert.Equal(200, renewal.Status);
        var stored = (await test.DocumentsAsync(user, "c.type = 'user'"))[UserDocument.DocumentId];
        Assert.Equal((2, "kept"), (stored.GetProperty("schemaVersion").GetInt32(), stored.GetProperty("ofALaterVersion").GetString()));
    }

    [Fact]
    public void Every_write_of_a_whole_document_has_the_guard()
    {
        var batch = test.Services.GetRequiredService<IdentityStore>().Begin(new UserKey(TestCloud.Tenant, "nobody"));
        var proof = new ProofDocument { Id = "proof:x", TenantId = TestCloud.Tenant, UserId = "nobody", SchemaVersion = 2, ETag = "\"1\"" };

        Assert.Throws<NewerDocumentException>(() => batch.Replace(proof));
        Assert.Throws<UnreadableDocumentException>(() => batch.Replace(proof with { SchemaVersion = 1, IsPartial = true }));
        Assert.Equal(0, batch.Count);
    }

    private Task NewerAsync(TestUser user, string id) =>
        test.PatchAsync(user, id, PatchOperation.Set("/schemaVersion", 2), PatchOperation.Set("/ofALaterVersion", "kept"));
}
