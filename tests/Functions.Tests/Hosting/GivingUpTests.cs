using BlokSec.Contracts;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Tests.Crash;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Hosting;

public sealed class GivingUpTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I3_A_message_is_not_given_up_while_that_cannot_be_recorded()
    {
        var user = await test.NewUserAsync();
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop)).OperationId;
        }

        var deletion = new DeviceDeletionMessage { TenantId = user.TenantId, UserId = user.UserId, OperationId = operationId };
        var push = new RevokePushMessage
        {
            TenantId = user.TenantId,
            UserId = user.UserId,
            OperationId = operationId,
            DeviceId = user.DeviceIds[0],
        };
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Status = 412 }))
        {
            await Assert.ThrowsAsync<TimeoutException>(
                () => ActivatorUtilities.CreateInstance<DeleteDevices>(test.Services).GiveUpAsync(deletion, "a test", Stop));
            await Assert.ThrowsAsync<TimeoutException>(
                () => ActivatorUtilities.CreateInstance<SendRevokePush>(test.Services).GiveUpAsync(push, "a test", Stop));
        }
    }

    [Fact]
    public async Task Work_that_is_younger_than_its_message_claims_to_have_failed_is_not_given_up()
    {
        var user = await test.NewUserAsync();
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop)).OperationId;
        }

        var forged = new DeviceDeletionMessage
        {
            TenantId = user.TenantId,
            UserId = user.UserId,
            OperationId = operationId,
            Failures = Redelivery.FewestFailures,
            FailingSince = test.Time.GetUtcNow().AddDays(-3),
        };
        var forgedPush = new RevokePushMessage
        {
            TenantId = user.TenantId,
            UserId = user.UserId,
            OperationId = operationId,
            DeviceId = user.DeviceIds[0],
            Failures = Redelivery.FewestFailures,
            FailingSince = test.Time.GetUtcNow().AddDays(-3),
        };

        await GiveUpAsync(forged, forgedPush);
        Assert.Equal(OperationStatus.NotStarted, await StatusAsync(user, operationId));
        Assert.Equal(RevokePushState.Queued, await PushAsync(user));

        test.Time.Advance(Redelivery.Patience);
        await GiveUpAsync(forged, forgedPush);
        Assert.Equal(OperationStatus.Failed, await StatusAsync(user, operationId));
        Assert.Equal(RevokePushState.GivenUp, await PushAsync(user));
    }

    [Fact]
    public async Task Work_whose_own_document_cannot_be_read_is_given_up_at_once_with_an_alert()
    {
        var user = await test.NewUserAsync();
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop)).OperationId;
        }

        await test.PatchAsync(user, RevocationDocument.IdOf(user.DeviceIds[0]), PatchOperation.Remove("/statement"));
        await test.PatchAsync(user, OperationDocument.IdOf(operationId), PatchOperation.Set("/steps", "text"));
        var dead = DeadLetters();
        await test.SendAsync(Queues.RevokePushes, new RevokePushMessage
        {
            TenantId = user.TenantId,
            UserId = user.UserId,
            OperationId = operationId,
            DeviceId = user.DeviceIds[0],
        });
        await test.SendAsync(
            Queues.DeviceDeletions,
            new DeviceDeletionMessage { TenantId = user.TenantId, UserId = user.UserId, OperationId = operationId });

        await test.UntilAsync(() => Task.FromResult(DeadLetters() == dead + 2 ? user : null), "both messages are dead letters");
        var alert = Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.DocumentUnreadable);
        Assert.Equal((true, 2), (alert.Alert, alert.Count));
    }

    [Fact]
    public async Task Work_that_a_later_version_can_read_waits_for_it()
    {
        var user = await test.NewUserAsync();
        using (test.BusOut())
        {
            await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);
        }

        var revocation = (await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType)).Single();
        await test.PatchAsync(user, revocation.Id, PatchOperation.Remove("/statement"), PatchOperation.Set("/schemaVersion", 2));
        var dead = DeadLetters();
        await test.SendAsync(Queues.RevokePushes, new RevokePushMessage
        {
            TenantId = user.TenantId,
            UserId = user.UserId,
            OperationId = revocation.OperationId,
            DeviceId = user.DeviceIds[0],
        });
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);

        Assert.Equal(dead, DeadLetters());
        Assert.DoesNotContain(await test.AuditAsync(user), entry => entry.Action == AuditActions.DocumentUnreadable);
        await test.PatchAsync(
            user, revocation.Id, PatchOperation.Set("/statement", revocation.Statement), PatchOperation.Set("/schemaVersion", 1));
        test.Later(TimeSpan.FromMinutes(6));
        await test.UntilAsync(async () => await PushAsync(user) == RevokePushState.Accepted ? user : null, "the push was sent");
    }

    private async Task GiveUpAsync(DeviceDeletionMessage deletion, RevokePushMessage push)
    {
        await ActivatorUtilities.CreateInstance<DeleteDevices>(test.Services).GiveUpAsync(deletion, "It failed.", Stop);
        await ActivatorUtilities.CreateInstance<SendRevokePush>(test.Services).GiveUpAsync(push, "It failed.", Stop);
    }

    private async Task<OperationStatus> StatusAsync(TestUser user, string operationId) =>
        (await test.Admin().OperationAsync(user.UserId, operationId, Stop)).Status;

    private async Task<RevokePushState> PushAsync(TestUser user) =>
        (await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType)).Single().Push;

    private int DeadLetters() => FlowSettling.Queues.Sum(queue => test.Cloud.ServiceBus.Count(queue).DeadLettered);
}
