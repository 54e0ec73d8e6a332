using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Hosting;

/// <summary>A dead letter is a message that can never be carried out.</summary>
public sealed class DeadLettersTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I3_I11_A_message_that_can_never_be_carried_out_is_dead_lettered_once_and_an_administrator_sees_its_failure()
    {
        var user = await test.NewUserAsync();
        var before = test.Cloud.ServiceBus.Count(Queues.DeviceDeletions).DeadLettered;
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop)).OperationId;
        }

        // It was asked for before it began to fail.
        await test.PatchAsync(user, OperationDocument.IdOf(operationId), PatchOperation.Set("/requestedAt", test.Time.GetUtcNow().AddDays(-3)));
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Contains = user.UserId, Status = 500 }))
        {
            await test.SendAsync(Queues.DeviceDeletions, new DeviceDeletionMessage
            {
                TenantId = user.TenantId,
                UserId = user.UserId,
                OperationId = operationId,
                Failures = 100,
                FailingSince = test.Time.GetUtcNow().AddDays(-2),
            });
            await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        }

        Assert.Equal(before + 1, test.Cloud.ServiceBus.Count(Queues.DeviceDeletions).DeadLettered);
        var operation = await test.Admin().OperationAsync(user.UserId, operationId, Stop);
        Assert.Equal(OperationStatus.Failed, operation.Status);
        Assert.Contains(operation.Steps, step => step is { Name: OperationStepName.DeleteDevices, Status: OperationStatus.Failed, Detail.Length: > 0 });
        Assert.Single(await test.AuditAsync(user), entry => entry is { Action: AuditActions.OperationFailed, Alert: true });
        // The host delivered it until its deliveries were used up; its work was run once.
        Assert.Single(test.Logs.Lines, line =>
            line.Contains("rejected its message", StringComparison.Ordinal) && line.Contains(user.UserId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task I3_A_dead_letter_that_is_sent_again_is_carried_out()
    {
        var user = await test.NewUserAsync();
        var message = new DeviceDeletionMessage { TenantId = user.TenantId, UserId = user.UserId, OperationId = "replayed" };

        Assert.False(await DeliverAsync("DeleteDevices", message, count: 1));
        var mark = test.Traffic.Mark;
        Assert.False(await DeliverAsync("DeleteDevices", message, count: 2));
        Assert.DoesNotContain(test.Traffic.Since(mark), IsOfUser);
        Assert.False(await DeliverAsync("DeleteDevices", message, count: 1));
        Assert.Contains(test.Traffic.Since(mark), IsOfUser);

        bool IsOfUser(SeenRequest seen) => seen.StandIn == "cosmos" && seen.Searchable.Contains(user.UserId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I3_A_message_in_hand_at_too_many_crashes_waits_before_its_work_runs_again()
    {
        var user = await test.NewUserAsync();
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop)).OperationId;
        }

        var mark = test.Traffic.Mark;
        var message = new RevocationMessage { TenantId = user.TenantId, UserId = user.UserId, OperationId = operationId };

        Assert.True(await DeliverAsync("FanOutRevocation", message, count: 17));

        Assert.DoesNotContain(test.Traffic.Since(mark), seen => seen.StandIn == "cosmos" && seen.Searchable.Contains(user.UserId, StringComparison.Ordinal));
        var again = test.Cloud.ServiceBus.Peek(Queues.Revocations).Single(waiting => Encoding.UTF8.GetString(waiting.Body).Contains(operationId, StringComparison.Ordinal));
        Assert.Equal(1, JsonSerializer.Deserialize<RevocationMessage>(again.Body, Json.Documents)!.Failures);
        await test.PassAsync(TimeSpan.FromMinutes(1));
        await test.SucceededAsync(user, operationId);
    }

    /// <summary>Delivers a message as the host does.</summary>
    private Task<bool> DeliverAsync<T>(string function, T message, int count)
        where T : QueueMessage => test.Cloud.Host.InvokeQueueAsync(
            function,
            JsonSerializer.Serialize(message, Json.Documents),
            new Dictionary<string, string> { ["MessageId"] = JsonSerializer.Serialize(message.MessageId()), ["DeliveryCount"] = $"{count}" });
}
