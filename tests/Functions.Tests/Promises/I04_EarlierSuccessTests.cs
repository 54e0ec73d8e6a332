using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>A change was committed, but the answer of the database, or of the app, was lost: it is told as the success that it was.</summary>
public sealed class EarlierSuccessTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    public static TheoryData<string, string> Changes => new()
    {
        { Victims.PushHandle, AuditActions.PushHandleChanged },
        { Victims.Erasure, AuditActions.RemovalConfirmed },
        { Victims.Restore, AuditActions.DeviceRestored },
        { Victims.Redemption, AuditActions.DeviceEnrolled },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task I4_A_change_whose_answer_was_lost_on_its_way_from_the_database_is_a_success(string endpoint, string action)
    {
        var call = await cloud.NewCallAsync(endpoint);

        // Told to slow down after the commit, the database's SDK asks again by itself and meets the proof of its first try.
        using var lost = cloud.Test.Traffic.Add(
            new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = call.User, Stage = FaultStage.After, Status = 429, Times = 1 });

        var answer = await call.SendAsync(cloud.Api);

        Assert.True(answer.Status is 200 or 201 or 204, answer.Text);
        await AssertOnceAsync(call, action);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task I4_A_change_whose_connection_broke_after_the_commit_is_a_success_when_the_phone_asks_again(string endpoint, string action)
    {
        var call = await cloud.NewCallAsync(endpoint);
        using (cloud.Test.Traffic.Add(
            new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = call.User, Stage = FaultStage.After, Drop = true, Times = 1 }))
        {
            await call.SendAsync(cloud.Api);
        }

        var answer = await call.SendAsync(cloud.Api);

        Assert.True(answer.Status is 200 or 204, answer.Text);
        await AssertOnceAsync(call, action);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task I4_A_phone_that_asks_again_because_the_answer_did_not_reach_it_is_told_of_its_success(string endpoint, string action)
    {
        var call = await cloud.NewCallAsync(endpoint);
        Assert.InRange((await call.SendAsync(cloud.Api)).Status, 200, 204);

        var answer = await call.SendAsync(cloud.Api);

        Assert.True(answer.Status is 200 or 204, answer.Text);
        await AssertOnceAsync(call, action);
    }

    private async Task AssertOnceAsync(MobileCall call, string action) => Assert.Single(
        (await cloud.Test.DocumentsAsync(call.Tenant, call.User)).OfType(AuditDocument.DocumentType),
        entry => entry.GetProperty("action").GetString() == action);
}
