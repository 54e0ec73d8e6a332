using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Crash;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local;
using BlokSec.Local.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlokSec.Functions.Tests.Hosting;

/// <summary>While the bus refuses messages, some calls are held, and never all of a queue.</summary>
public sealed class HeldCallsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I3_I5_While_Apple_is_out_and_the_bus_takes_no_message_again_Android_phones_are_told_at_once_and_then_all_others()
    {
        await using var test = await TestCloud.StartAsync();
        var users = new List<TestUser>();
        for (var many = 0; many < 5; many++)
        {
            users.Add(await test.NewUserAsync(phones: 30));
        }

        var late = await test.NewUserAsync(phones: 2);
        using (test.ProviderOut("apns"))
        using (test.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Contains = "\"attempt\":1,\"failures\":0", Status = 503 }))
        {
            foreach (var user in users)
            {
                await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            }

            await test.UntilAsync(async () => await CountAsync(test, users, RevokePushState.Retrying) == 75 ? users : null, "Apple refused all pushes");
            await test.Admin().RemoveAsync(late.UserId, late.DeviceIds[1], null, Stop);
            await test.ConfirmedAsync(late, late.DeviceIds[1]);

            // A message that is held is locked; the others have left the queue.
            await test.UntilAsync(
                () => Task.FromResult(test.Left(Queues.RevokePushes) is { Active: 0, Locked: <= Redelivery.MostHeld } ? users : null), "half of the calls are free");
        }

        await test.PassAsync(TimeSpan.FromMinutes(1));
        await test.UntilAsync(
            async () =>
            {
                // A message that was still held when Apple came back is scheduled after the others.
                await test.PassAsync(TimeSpan.FromSeconds(1));
                return await CountAsync(test, users, RevokePushState.Accepted) == 150 ? users : null;
            },
            "all phones were told");
        Assert.Equal(0, FlowSettling.Queues.Sum(queue => test.Cloud.ServiceBus.Count(queue).DeadLettered));
    }

    [Fact]
    public void Half_of_the_calls_that_the_host_makes_at_the_same_time_are_held_at_most()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(LocalFolders.FunctionApp, "host.json")));
        var calls = host.RootElement.GetProperty("extensions").GetProperty("serviceBus").GetProperty("maxConcurrentCalls").GetInt32();
        Assert.Equal(Redelivery.MostHeld, calls / 2);
    }

    [Fact]
    public void I14_An_instance_keeps_a_bounded_number_of_messages_in_memory()
    {
        using var unsent = new UnsentMessages(null!, TimeProvider.System, NullLogger<UnsentMessages>.Instance);
        var message = new Rescheduled<RevocationMessage>(
            Queues.Revocations, new RevocationMessage { TenantId = "t", UserId = "u", OperationId = "o" }, new Outcome.Later(DateTimeOffset.UnixEpoch), null);

        Assert.All(Enumerable.Range(0, UnsentMessages.Most), _ => Assert.True(unsent.TryKeep(message)));
        Assert.False(unsent.TryKeep(message));
    }

    private static async Task<int> CountAsync(TestCloud test, IEnumerable<TestUser> users, RevokePushState state)
    {
        var revocations = await Task.WhenAll(users.Select(user => test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType)));
        return revocations.Sum(found => found.Count(revocation => revocation.Push == state));
    }
}
