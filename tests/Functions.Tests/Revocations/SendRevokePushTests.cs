using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Revocations;

public sealed class SendRevokePushTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I4_The_push_of_a_revocation_of_a_later_version_waits_for_that_version()
    {
        var user = await test.NewUserAsync();
        var handle = user.Phones[0].State.PushAddress.ToHandle();
        var id = RevocationDocument.IdOf(user.DeviceIds[0]);
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop)).OperationId;
            await test.PatchAsync(user, id, PatchOperation.Set("/schemaVersion", 2), PatchOperation.Set("/ofALaterVersion", "kept"));
        }

        var before = await test.TextAsync(user, $"c.id = '{id}'");
        await test.ResumeAsync();
        await test.SucceededAsync(user, operationId);
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);

        Assert.Equal(0, test.PushesTo(handle));
        Assert.Equal(before, await test.TextAsync(user, $"c.id = '{id}'"));

        await test.PatchAsync(user, id, PatchOperation.Set("/schemaVersion", 1));
        test.Later(TimeSpan.FromHours(1.1));
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Equal(1, test.PushesTo(handle));
    }
}
