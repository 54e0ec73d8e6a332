using BlokSec.Contracts;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.Signals;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>What administrators and directories ask for.</summary>
public sealed class KilledAtAnyRequestTests(CrashCloud cloud, ITestOutputHelper output) : KilledAnywhere(cloud, output)
{
    [Fact]
    public Task I3_I4_A_removal_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(Flow.RemoveAsync);

    [Fact]
    public Task I4_A_withdrawal_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => HeldAsync(Flow.WithdrawAsync);

    [Fact]
    public Task I3_I4_I6_An_unregistration_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() =>
        KillEverywhereAsync(Flow.UnregisterAsync);

    [Fact]
    public Task I3_I4_A_leaver_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(Flow.LeaveAsync);

    [Fact]
    public Task I3_I4_I8_A_claim_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(Flow.ClaimAsync);

    [Fact]
    public Task I3_I4_An_import_makes_each_of_its_people_once_when_the_app_is_killed_before_or_after_any_of_its_requests() =>
        KillEverywhereAsync(ImportEnd.StartAsync);

    [Theory]
    [InlineData(BulkKind.Suspend)]
    [InlineData(BulkKind.RemoveDevices)]
    public Task I3_I4_A_bulk_operation_acts_on_each_user_once_when_the_app_is_killed_before_or_after_any_of_its_requests(BulkKind kind) =>
        KillEverywhereAsync((test, admin) => BulkEnd.StartAsync(test, admin, kind));

    [Fact]
    public async Task I3_I4_The_events_of_a_removal_reach_their_receiver_alike_when_the_app_is_killed_before_or_after_any_of_its_requests()
    {
        await using var receiver = await EventReceiver.StartAsync();
        var streamId = await EventsEnd.SubscribedAsync(Cloud.Test, receiver);
        await KillEverywhereAsync(async (test, admin) =>
        {
            var user = await test.NewUserAsync(phones: 2, accounts: 1);
            return new Flow(user, async () => (await admin.RemovalAsync(user.UserId, user.DeviceIds[0], "the-same-key")).Status)
            {
                Events = new EventsEnd(receiver, streamId, count: 2),
            };
        });
        await EventsEnd.UnsubscribedAsync(Cloud.Test, streamId);
    }
}
