using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>What counts as told: that the phone asked after the removal, and was answered.</summary>
public sealed class ToldByAnyCallTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Theory]
    [InlineData(Victims.Status)]
    [InlineData(Victims.PushHandle)]
    [InlineData(Victims.Restore)]
    [InlineData(Victims.Redemption)]
    public async Task I11_A_removed_phone_is_told_by_whatever_it_calls_first(string endpoint)
    {
        var user = await cloud.NewRemovedAsync();
        var key = user.Phones[0].State.Registration!.DeviceKey;
        var call = endpoint switch
        {
            Victims.Status => cloud.Call(user, HttpMethod.Get, "mobile/device/status"),
            Victims.PushHandle => cloud.PushHandleCall(user),
            Victims.Restore => (cloud.RestoreCall(user) with { Key = key }).Enrolling(),
            _ => (cloud.RedemptionCall(user, "any-code") with { Key = key }).Enrolling(),
        };
        cloud.Test.Time.Advance(TimeSpan.FromSeconds(1));

        var answer = await (call.DidKey is null ? call : call.Enrolling()).SendAsync(cloud.Api);

        Assert.NotEmpty(answer.Problem(410, ProblemCodes.DeviceRemoved).GetProperty("statement").GetString()!);
        Assert.Equal(1, await TimesLearnedAsync(user));
        Assert.Equal(410, (await call.SendAsync(cloud.Api)).Status);
        Assert.Equal(1, await TimesLearnedAsync(user));
    }

    [Fact]
    public async Task I11_A_call_in_the_very_second_of_the_removal_counts()
    {
        var user = await cloud.NewRemovedAsync();

        Assert.Equal(410, (await cloud.Call(user, HttpMethod.Get, "mobile/device/status").SendAsync(cloud.Api)).Status);

        Assert.Equal(1, await TimesLearnedAsync(user));
    }

    [Fact]
    public async Task I11_A_proof_that_was_captured_while_the_phone_was_registered_never_says_that_it_learned_of_its_removal()
    {
        var user = await cloud.Test.NewUserAsync(phones: 2);
        var call = cloud.Call(user, HttpMethod.Get, "mobile/device/status");
        var captured = call.Proof.Build();
        Assert.Equal(200, (await call.SendAsync(cloud.Api, captured)).Status);
        var unused = call.Proof.Build();
        await user.Phones[0].SetOfflineAsync(true, TestContext.Current.CancellationToken);
        var removal = await cloud.Api.SendAsync(
            cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal", """{"confirmation":"remove device"}""");
        Assert.Equal(202, removal.Status);
        await cloud.RestAsync(user);
        using var api = await cloud.StartAnotherAsync();

        Assert.InRange((await call.SendAsync(api, captured)).Status, 401, 410);
        Assert.InRange((await call.SendAsync(api, unused)).Status, 401, 410);
        (await call.SendAsync(api, captured)).Problem(401, ProblemCodes.ProofInvalid);

        Assert.Equal(0, await TimesLearnedAsync(user));
    }

    [Fact]
    public async Task I11_The_proof_of_the_phone_that_learned_is_remembered_with_it()
    {
        var user = await cloud.NewRemovedAsync();
        cloud.Test.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(410, (await cloud.Call(user, HttpMethod.Get, "mobile/device/status").SendAsync(cloud.Api)).Status);

        Assert.Single((await cloud.Test.DocumentsAsync(user)).OfType("proof"));
    }

    private async Task<int> TimesLearnedAsync(TestUser user) =>
        (await cloud.Test.AuditAsync(user)).Count(entry => entry.Action == AuditActions.RemovalLearned);
}
