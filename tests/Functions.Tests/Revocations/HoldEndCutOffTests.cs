using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Crash;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Revocations;

/// <summary>The end of a hold, cut off at each of its requests in turn.</summary>
public sealed class HoldEndCutOffTests(HoldCloud cloud) : IClassFixture<HoldCloud>
{
    private readonly TestCloud test = cloud.Test;

    /// <summary>The first request to the database or the bus, the second, and so on: each breaks, before it acts or before its answer arrives.</summary>
    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public async Task I3_I4_a_removal_ends_alike_after_its_hold_whichever_request_is_cut_off(FaultStage stage)
    {
        const int most = 60;
        var (expected, _) = await EndedAsync(stage, at: null);
        for (var at = 1; at <= most; at++)
        {
            var (end, requests) = await EndedAsync(stage, at);
            Assert.Equal($"{at}\n{expected}", $"{at}\n{end}");
            if (requests < at)
            {
                Assert.True(at > 5, "The end of a hold makes more requests than these.");
                return;
            }
        }

        Assert.Fail($"More than {most} requests.");
    }

    /// <summary>Lets a hold end: how the removal ended, and how many requests it made.</summary>
    private async Task<(string End, int Requests)> EndedAsync(FaultStage stage, int? at)
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 1);
        var held = await test.HeldAsync(user);
        var flow = new Flow(user, () => Task.FromResult(200), held.OperationId);
        var requests = 0;
        test.Traffic.Hook = (request, when) =>
            when == stage && IsOfTheApp(request) && flow.Concerns(request) && Interlocked.Increment(ref requests) == at
                ? throw new OperationCanceledException("The connection breaks here.")
                : Task.CompletedTask;
        try
        {
            await test.PassAsync(HoldCloud.Hold + TimeSpan.FromSeconds(1));
            await FlowSettling.SettledAsync(test, [flow], () => test.Cloud.ServiceBus.ReleaseScheduled());
        }
        finally
        {
            test.Traffic.Hook = null;
        }

        var revocation = Assert.Single(await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType));
        Assert.NotEmpty(revocation.Statement);
        Assert.Single(revocation.Timeline, entry => entry.What == "HoldEnded");
        return (await FlowEnd.DescribeAsync(test, flow), requests);
    }

    private static bool IsOfTheApp(SeenRequest request) =>
        (request.StandIn == "cosmos" && request.Operation != "account" && request.Caller.Contains("BlokSec.Functions", StringComparison.Ordinal))
        || (request.StandIn == "servicebus" && request.Operation == "send");
}
