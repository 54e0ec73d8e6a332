using BlokSec.Functions.Devices;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
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
                () => test.Services.GetRequiredService<DeleteDevices>().GiveUpAsync(deletion, "a test", Stop));
            await Assert.ThrowsAsync<TimeoutException>(
                () => test.Services.GetRequiredService<SendRevokePush>().GiveUpAsync(push, "a test", Stop));
        }
    }
}
