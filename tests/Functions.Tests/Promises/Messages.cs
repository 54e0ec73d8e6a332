using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Messages that come late: again, long after, out of order.</summary>
internal static class Messages
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Every message that an operation ever had comes once more, and all of them are handled.</summary>
    public static async Task ComeAgainAsync(this TestCloud test, OperationDocument operation)
    {
        // Given a new suffix, so that the bus does not drop what it knows.
        var again = Guid.NewGuid().ToString("N");
        if (operation.Kind != OperationKind.Enrollment)
        {
            await test.SendAsync(Queues.Revocations, FanOut(operation, again));
            await test.SendAsync(Queues.DeviceDeletions, Deletion(operation, again));
            foreach (var deviceId in operation.DeviceIds)
            {
                await test.SendAsync(Queues.RevokePushes, Push(operation, deviceId, again));
            }
        }

        if (operation.Kind != OperationKind.RemoveDevice)
        {
            await test.SendAsync(Queues.DidResets, Reset(operation, again));
        }

        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
    }

    public static Task SendAsync<T>(this TestCloud test, string queue, T message)
        where T : QueueMessage => test.Services.GetRequiredService<QueueSender>().SendAsync(queue, message, due: null, Stop);

    private static RevocationMessage FanOut(OperationDocument of, string again) => new()
    {
        TenantId = of.TenantId,
        UserId = of.UserId,
        OperationId = of.OperationId,
        Resumed = again,
    };

    private static DeviceDeletionMessage Deletion(OperationDocument of, string again) => new()
    {
        TenantId = of.TenantId,
        UserId = of.UserId,
        OperationId = of.OperationId,
        Resumed = again,
    };

    private static RevokePushMessage Push(OperationDocument of, string deviceId, string again) => new()
    {
        TenantId = of.TenantId,
        UserId = of.UserId,
        OperationId = of.OperationId,
        DeviceId = deviceId,
        Resumed = again,
    };

    private static DidResetMessage Reset(OperationDocument of, string again) => new()
    {
        TenantId = of.TenantId,
        UserId = of.UserId,
        OperationId = of.OperationId,
        Resumed = again,
    };
}
