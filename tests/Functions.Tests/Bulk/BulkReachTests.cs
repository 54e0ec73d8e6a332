using BlokSec.Contracts;
using BlokSec.Functions.Bulk;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Crash;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;
using static BlokSec.Functions.Tests.Bulk.BulkTest;

namespace BlokSec.Functions.Tests.Bulk;

/// <summary>Bulk operations that are paused, stopped, cut off, driven twice.</summary>
public sealed class BulkReachTests(OpenCloud cloud) : IClassFixture<OpenCloud>, IDisposable
{
    private readonly TestCloud test = cloud.Test;

    public void Dispose() => test.Traffic.Hook = null;

    [Theory]
    [InlineData("pause")]
    [InlineData("stop")]
    public async Task A_pause_or_a_stop_lets_the_users_finish_who_were_begun_and_touches_no_other(string how)
    {
        var users = await test.UsersAsync(25);
        var planned = await cloud.PlannedAsync("unregister", users.Select(user => user.UserId));
        var (stands, goesOn) = (NewSignal(), NewSignal());
        var batches = 0;
        test.Traffic.Hook = async (request, stage) =>
        {
            // The first is the start; with the second the results of the users who were begun are about to be recorded.
            if (stage == FaultStage.Before && request is { StandIn: "cosmos", Operation: "batch" } && request.Searchable.Contains("~bulk", StringComparison.Ordinal)
                && Interlocked.Increment(ref batches) == 2)
            {
                stands.SetResult();
                await goesOn.Task;
            }
        };
        await cloud.StartAsync(planned);
        await stands.Task.WaitAsync(TestCloud.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(200, (await cloud.MoveAsync(planned, how)).Status);
        Assert.Equal(200, (await cloud.MoveAsync(planned, how)).Status);
        goesOn.SetResult();

        var held = await test.UntilAsync(
            async () => Numbers(await cloud.GetAsync(IdOf(planned))).Done > 0 ? "" : null, "the users who were begun are recorded");
        await test.UntilAsync(() => Task.FromResult(test.Left(Queues.BulkOperations) == (0, 0, 0) ? held : null), "no message is left");
        Assert.Equal((10, 0, 0), Numbers(await cloud.GetAsync(IdOf(planned))));
        Assert.Equal(10, await UnregisteredAsync(users));

        var resumed = await cloud.MoveAsync(planned, "resume");
        if (how == "stop")
        {
            resumed.Problem(409, ProblemCodes.Conflict);
            Assert.Equal(10, await UnregisteredAsync(users));
            return;
        }

        Assert.Equal(200, resumed.Status);
        Assert.Equal((25, 0, 0), Numbers(await cloud.InStateAsync(IdOf(planned), "succeeded")));
        Assert.Equal(25, await UnregisteredAsync(users));
        Assert.Equal(["bulk.planned", "bulk.started", "bulk.paused", "bulk.resumed", "bulk.finished"], await test.BulkAuditAsync(IdOf(planned)));
    }

    /// <summary>The first request to the database or the bus, the second, and so on: each breaks, before it acts or before its answer arrives.</summary>
    [Theory]
    [InlineData("unregister", FaultStage.Before)]
    [InlineData("unregister", FaultStage.After)]
    [InlineData("suspend", FaultStage.Before)]
    [InlineData("suspend", FaultStage.After)]
    [InlineData("removeDevices", FaultStage.Before)]
    [InlineData("removeDevices", FaultStage.After)]
    public async Task I3_I4_each_user_has_one_turn_whichever_request_is_cut_off(string kind, FaultStage stage)
    {
        const int most = 80;
        for (var at = 1; at <= most; at++)
        {
            // Of the two phones of each, one is removed where devices are.
            var users = await test.UsersAsync(2, phones: kind == "removeDevices" ? 2 : 1);
            foreach (var user in users)
            {
                await test.PatchAsync(user, DeviceDocument.IdOf(user.DeviceIds[0]), PatchOperation.Set("/osVersion", "7.1"));
            }

            var requests = 0;
            test.Traffic.Hook = (request, when) =>
                when == stage && IsOfTheApp(request) && Interlocked.Increment(ref requests) == at
                    ? throw new OperationCanceledException("The connection breaks here.")
                    : Task.CompletedTask;
            var id = await EndedAsync(kind, users);
            test.Traffic.Hook = null;

            Assert.Equal((2, 0, 0), Numbers(await cloud.GetAsync(id)));
            foreach (var user in users)
            {
                var (action, operations, devices) = kind switch
                {
                    "suspend" => (AuditActions.UserSuspended, 0, 0),
                    "removeDevices" => (AuditActions.DeviceRemoved, 1, 1),
                    _ => (AuditActions.UserUnregistered, 1, 1),
                };
                Assert.Single(await test.AuditAsync(user), entry => entry.Action == action);
                Assert.Equal(operations, (await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType)).Count);
                Assert.Equal(
                    user.DeviceIds.Take(devices),
                    (await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType)).Select(revocation => revocation.DeviceId));
                Assert.Equal(kind == "unregister" ? 2 : 1, (await test.UserDocumentAsync(user)).Epoch);
            }

            Assert.Single(await test.BulkAuditAsync(id), action => action == AuditActions.BulkFinished);
            if (requests < at)
            {
                return;
            }
        }

        Assert.Fail($"More than {most} requests.");
    }

    [Fact]
    public async Task I4_Messages_that_come_twice_late_or_on_another_instance_change_nothing()
    {
        using var other = await cloud.StartAnotherAsync();
        var users = await test.UsersAsync(12);
        var planned = await cloud.PlannedAsync("unregister", users.Select(user => user.UserId));
        var started = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => cloud.StartAsync(planned, number % 2 == 0 ? cloud.Api : other)));
        Assert.Equal(1, started.Count(answer => answer.Status == 202));
        Assert.All(started, answer => Assert.InRange(answer.Status, 200, 202));
        for (var number = 0; number < 5; number++)
        {
            // Each finds it without progress: more messages than there is work.
            await test.Cloud.Host.RunTimerAsync("ResumeBulkWork");
        }

        Assert.Equal((12, 0, 0), Numbers(await cloud.InStateAsync(IdOf(planned), "succeeded")));
        await test.Cloud.Host.RunTimerAsync("ResumeBulkWork");
        await test.UntilAsync(() => Task.FromResult(test.Left(Queues.BulkOperations) == (0, 0, 0) ? "" : null), "no message is left");
        Assert.Equal(12, await UnregisteredAsync(users));
        Assert.Single(await test.BulkAuditAsync(IdOf(planned)), action => action == AuditActions.BulkFinished);
    }

    [Fact]
    public async Task I14_A_user_costs_the_same_however_many_there_are()
    {
        var costs = new List<double>();
        foreach (var count in (int[])[5, 10, 60])
        {
            var users = await test.UsersAsync(count);
            var planned = await cloud.PlannedAsync("suspend", users.Select(user => user.UserId));
            string[] concerned = [IdOf(planned), .. users.Select(user => user.UserId)];
            var mark = test.Traffic.Mark;
            await cloud.StartAsync(planned);
            await cloud.InStateAsync(IdOf(planned), "succeeded");

            // Not what other tests left to do, and not the users' signals: whether somebody waits for them is known for a moment only.
            var requests = test.Traffic.Since(mark).Count(request => request.StandIn == "cosmos" && IsOfTheApp(request)
                && !request.Path.Contains("/signal:", StringComparison.Ordinal)
                && concerned.Any(id => request.Searchable.Contains(id, StringComparison.Ordinal)));
            costs.Add((double)requests / count);
        }

        // A query and a batch for each user; for ten of them that they begin and that they are done; the rest is for the operation. The first warms up.
        Assert.InRange(costs[2], 2, 3);
        Assert.InRange(costs[1], 2, 4);
    }

    private async Task<string> EndedAsync(string kind, IReadOnlyList<TestUser> users)
    {
        var selection = $$"""{"userIds":["{{users[0].UserId}}","{{users[1].UserId}}"]}""";
        var devices = kind == "removeDevices" ? ""","devices":{"osVersion":"7"}""" : "";
        var key = Guid.NewGuid().ToString();
        var id = await test.UntilAsync(
            async () => await cloud.PlanAsync(kind, selection, devices, key: key) is { Status: 200 or 201 } answer ? IdOf(answer.Json) : null, "it is planned");
        await DrivenAsync(id, "planned");
        var planned = await test.UntilAsync(
            async () => await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"bulk-operations/{id}") is { Status: 200 } answer ? answer : null, "the plan is read");
        await test.UntilAsync(async () => (await cloud.StartAsync(planned.Json)).Status < 300 ? "" : null, "it is started");
        await DrivenAsync(id, "succeeded");
        return id;
    }

    /// <summary>Waits while the timer ticks, as it does every minute.</summary>
    private Task DrivenAsync(string id, string state) => test.UntilAsync(
        async () =>
        {
            test.Cloud.ServiceBus.ReleaseScheduled();
            var found = await test.DocumentsAsync(
                TestCloud.Tenant, BulkDocument.KeyOf(TestCloud.Tenant).UserId, $"c.id = '{BulkDocument.IdOf(id)}' AND c.status = '{state}'");
            if (found.Count == 0 && test.Left(Queues.BulkOperations) == (0, 0, 0))
            {
                await test.Cloud.Host.RunTimerAsync("ResumeBulkWork");
            }

            return found.Count == 1 ? id : null;
        },
        $"bulk operation {id} is {state}");

    private async Task<int> UnregisteredAsync(IReadOnlyList<TestUser> users)
    {
        var count = 0;
        foreach (var user in users)
        {
            count += (await test.UserDocumentAsync(user)).Epoch > 1 ? 1 : 0;
        }

        return count;
    }

    private static bool IsOfTheApp(SeenRequest request) =>
        (request.StandIn == "cosmos" && request.Operation != "account" && request.Caller.Contains("BlokSec.Functions", StringComparison.Ordinal))
        || (request.StandIn == "servicebus" && request.Operation == "send" && request.Path.Contains("bulk-operations", StringComparison.Ordinal));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
