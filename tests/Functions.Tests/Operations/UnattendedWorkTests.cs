using BlokSec.Contracts;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Operations;

/// <summary>A system whose timer never runs, as on a plan where timers sleep.</summary>
public sealed class WithoutTimer : IAsyncLifetime
{
    internal TestCloud Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cloud = await TestCloud.StartAsync(new TestCloudOptions
    {
        Settings = new Dictionary<string, string> { ["Resume__LookedAtSeconds"] = "2" },
    });

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();
}

public sealed class UnattendedWorkTests(WithoutTimer fixture) : IClassFixture<WithoutTimer>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestCloud.Alice)]
    [InlineData(TestCloud.Reader)]
    public async Task I3_A_decision_that_was_not_queued_is_queued_when_anybody_looks_at_the_operation(string whoLooks)
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        var operationId = await LostAsync(user);
        test.Time.Advance(TimeSpan.FromSeconds(3));

        await test.Admin(whoLooks).OperationAsync(user.UserId, operationId, Stop);

        await test.SucceededAsync(user, operationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
    }

    [Fact]
    public async Task I3_A_decision_that_was_not_queued_is_queued_when_anybody_looks_at_the_user_at_no_further_request_to_the_database()
    {
        await test.QuietAsync();
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        var operationId = await LostAsync(user);
        test.Time.Advance(TimeSpan.FromSeconds(3));
        using (var held = new Turnstile(test, Queues.Revocations))
        {
            var mark = test.Traffic.Mark;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => test.Admin(TestCloud.Reader).UserAsync(user.UserId, Stop)));

            await test.UntilAsync(
                () => Task.FromResult(test.Traffic.Since(mark).Any(request => request is { StandIn: "servicebus", Operation: "send" }) ? "" : null), "it is queued");
            var seen = test.Traffic.Since(mark).Where(request => request.Searchable.Contains(user.UserId, StringComparison.Ordinal)).ToArray();
            Assert.Single(seen, request => request is { StandIn: "servicebus", Operation: "send" });
            Assert.All(seen.Where(request => request.StandIn == "cosmos"), request => Assert.Equal("query", request.Operation));
            Assert.Equal(16, seen.Count(request => request is { StandIn: "cosmos", Operation: "query" }));
        }

        await test.SucceededAsync(user, operationId);
    }

    [Fact]
    public async Task I3_A_decision_that_was_not_queued_is_queued_when_the_administrator_asks_again()
    {
        var user = await test.NewUserAsync(phones: 2);
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0], "one-key")).Read<OperationDetails>().OperationId;
        }

        var again = await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0], "one-key");

        Assert.Equal((202, operationId), (again.Status, again.Read<OperationDetails>().OperationId));
        await test.SucceededAsync(user, operationId);
    }

    [Fact]
    public async Task I4_Asking_again_while_the_first_message_waits_queues_nothing_twice()
    {
        var user = await test.NewUserAsync(phones: 1);
        using (var held = new Turnstile(test, Queues.Revocations))
        {
            await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0], "one-key");
            await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0], "one-key");
            await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0], "another-key");
            await held.WaitingAsync(Queues.Revocations);
            var waiting = test.Cloud.ServiceBus.Count(Queues.Revocations);
            Assert.Equal(1, waiting.Locked + waiting.Active);
        }

        await test.AtRestAsync(user);
    }

    [Fact]
    public async Task I3_A_running_operation_whose_message_was_lost_goes_on_when_somebody_looks()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        string operationId;
        using (test.BusOut(Queues.DidResets))
        {
            operationId = (await test.Admin().UnregisterAsync(user.UserId, null, Stop)).OperationId;
            await test.UntilAsync(
                async () => await test.Admin().OperationAsync(user.UserId, operationId, Stop) is { Status: OperationStatus.Running } running ? running : null,
                "the operation is running");
        }

        test.Time.Advance(TimeSpan.FromSeconds(61));
        await test.Admin().UserAsync(user.UserId, Stop);

        await test.SucceededAsync(user, operationId);
    }

    private async Task<string> LostAsync(TestUser user)
    {
        using (test.BusOut())
        {
            return (await test.Admin().UnregisterAsync(user.UserId, null, Stop)).OperationId;
        }
    }
}
