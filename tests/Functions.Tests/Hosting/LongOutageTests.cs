using BlokSec.Contracts;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Crash;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Hosting;

/// <summary>Trouble that passes makes no dead letter, and what it held up is done within a minute after its end.</summary>
public sealed class LongOutageTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private int DeadLetters => FlowSettling.Queues.Sum(queue => test.Cloud.ServiceBus.Count(queue).DeadLettered);

    [Fact]
    public async Task I3_An_hour_without_the_bus_while_the_providers_are_in_trouble_dead_letters_no_push()
    {
        var users = await ManyAsync(5);
        var before = DeadLetters;
        using (test.ProviderOut("apns"))
        using (test.ProviderOut("fcm"))
        {
            foreach (var user in users)
            {
                await test.RemovedAsync(user, 0);
            }

            await RetryingAsync(users);
            using (test.BusOut(Queues.RevokePushes))
            {
                await test.PassAsync(TimeSpan.FromMinutes(2));
                for (var until = test.Time.GetUtcNow() + Hour; test.Time.GetUtcNow() < until;)
                {
                    // Each call that is held is refused once more, then its time is over and the host delivers its message again.
                    await RefusedAsync("servicebus", "send", users);
                    test.Time.Advance(TimeSpan.FromMinutes(4.1));
                    test.Cloud.ServiceBus.ClockMoved();
                }
            }
        }

        await test.UntilAsync(
            async () =>
            {
                await test.PassAsync(TimeSpan.FromMinutes(10));
                return await AreConfirmedAsync(users) ? users : null;
            },
            "all phones confirmed");
        Assert.Equal(before, DeadLetters);
    }

    [Fact]
    public async Task I3_An_hour_without_the_bus_delays_no_operation_more_than_a_minute_past_its_end()
    {
        var users = await ManyAsync(3);
        var before = DeadLetters;
        IReadOnlyList<string> operations;
        using (test.BusOut())
        {
            operations = await AcceptedAsync(users);
        }

        using (test.BusOut(Queues.DeviceDeletions))
        {
            await test.ResumeAsync();
            for (var until = test.Time.GetUtcNow() + Hour; test.Time.GetUtcNow() < until;)
            {
                await RefusedAsync("servicebus", "send", users);
                test.Time.Advance(TimeSpan.FromMinutes(4.1));
                test.Cloud.ServiceBus.ClockMoved();
            }
        }

        await AssertSucceedWithinAMinuteAsync(users, operations);
        Assert.Equal(before, DeadLetters);
    }

    [Fact]
    public async Task I3_An_hour_without_the_database_delays_no_operation_more_than_a_minute_past_its_end()
    {
        var users = await ManyAsync(3);
        var before = DeadLetters;
        IReadOnlyList<string> operations;
        using (test.BusOut())
        {
            operations = await AcceptedAsync(users);
        }

        var outages = users.Select(user => test.Traffic.Add(new FaultRule { StandIn = "cosmos", Contains = user.UserId, Status = 503 })).ToArray();
        await test.ResumeAsync();
        for (var tries = 0; tries < 12; tries++)
        {
            await RefusedAsync("cosmos", "query", users);
            await test.PassAsync(Hour / 12);
        }

        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        Array.ForEach(outages, outage => outage.Dispose());

        await AssertSucceedWithinAMinuteAsync(users, operations);
        Assert.Equal(before, DeadLetters);
    }

    private async Task<IReadOnlyList<TestUser>> ManyAsync(int users)
    {
        var created = new List<TestUser>();
        for (var user = 0; user < users; user++)
        {
            created.Add(await test.NewUserAsync());
        }

        return created;
    }

    private async Task<IReadOnlyList<string>> AcceptedAsync(IEnumerable<TestUser> users)
    {
        var operations = new List<string>();
        foreach (var user in users)
        {
            operations.Add((await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop)).OperationId);
        }

        return operations;
    }

    private Task RetryingAsync(IReadOnlyList<TestUser> users) => test.UntilAsync(
        async () =>
        {
            var revocations = await Task.WhenAll(users.Select(user => test.RevocationAsync(user, user.DeviceIds[0])));
            return revocations.All(revocation => revocation.Push == RevokePushState.Retrying) ? users : null;
        },
        "all pushes were tried");

    /// <summary>Waits until, from now on, a stand-in refused each user's work.</summary>
    private async Task RefusedAsync(string standIn, string operation, IReadOnlyList<TestUser> users)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TestCloud.Patience);
        var mark = test.Traffic.Mark;
        await test.Traffic.WaitAsync(
            () =>
            {
                var refused = test.Traffic.Since(mark).Where(seen => seen.StandIn == standIn && seen.Operation == operation && seen.Status == 503).ToArray();
                return users.All(user => refused.Any(seen => seen.Searchable.Contains(user.UserId, StringComparison.Ordinal)));
            },
            patience.Token);
    }

    private async Task<bool> AreConfirmedAsync(IEnumerable<TestUser> users)
    {
        var revocations = await Task.WhenAll(users.Select(user => test.RevocationAsync(user, user.DeviceIds[0])));
        return revocations.All(revocation => revocation.State == RevocationState.Confirmed);
    }

    private async Task AssertSucceedWithinAMinuteAsync(IReadOnlyList<TestUser> users, IReadOnlyList<string> operations)
    {
        await test.PassAsync(TimeSpan.FromMinutes(1));
        foreach (var (user, operationId) in users.Zip(operations))
        {
            await test.SucceededAsync(user, operationId);
        }
    }
}
