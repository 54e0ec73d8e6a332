using System.Collections.Concurrent;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Attacks;

public sealed class DeviceProofAttackTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    // Attacks that are refused change nothing, so all of them share their victims.
    private static readonly ConcurrentDictionary<string, Task<MobileCall>> Calls = new();

    public static TheoryData<string> Endpoints => [.. Victims.Endpoints];

    public static MatrixTheoryData<string, string> Attacks => new([.. Victims.Endpoints, .. Victims.Removals], ForgedDeviceProofs.All.Keys);

    public static TheoryData<string> Removals => [.. Victims.Removals];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task I1_a_forged_proof_is_refused_and_changes_nothing(string endpoint, string attack)
    {
        var call = await Calls.GetOrAdd(endpoint, cloud.NewCallAsync);
        var before = await cloud.Test.TextAsync(call.Tenant, call.User);

        var answer = await call.SendAsync(cloud.Api, ForgedDeviceProofs.All[attack](call.Proof));

        var problem = answer.Problem(
            401, answer.Code is ProblemCodes.DeviceUnknown or ProblemCodes.ClockSkewed ? answer.Code : ProblemCodes.ProofInvalid);
        Assert.False(problem.TryGetProperty("statement", out _));
        Assert.Equal(before, await cloud.Test.TextAsync(call.Tenant, call.User));
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    [MemberData(nameof(Removals))]
    public async Task The_honest_proof_is_accepted(string endpoint)
    {
        var call = await cloud.NewCallAsync(endpoint);

        var answer = await call.SendAsync(cloud.Api);

        Assert.InRange(answer.Status, 200, 204);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_proof_counts_once(string endpoint)
    {
        var call = await cloud.NewCallAsync(endpoint);
        var proof = call.Proof.Build();
        Assert.InRange((await call.SendAsync(cloud.Api, proof)).Status, 200, 204);
        await cloud.RestAsync(new TestUser(call.Tenant, call.User, [], []));
        var before = await cloud.Test.TextAsync(call.Tenant, call.User);

        var answer = await call.SendAsync(cloud.Api, proof);

        answer.Problem(401, ProblemCodes.ProofInvalid);
        Assert.Equal(before, await cloud.Test.TextAsync(call.Tenant, call.User));
    }

    [Theory]
    [InlineData(Victims.PushHandle)]
    [InlineData(Victims.Erasure)]
    [InlineData(Victims.Restore)]
    [InlineData(Victims.Redemption)]
    [InlineData(Victims.TakeBack)]
    [InlineData(Victims.Answer)]
    public async Task A_proof_that_changed_something_counts_once_for_all_instances(string endpoint)
    {
        var call = await cloud.NewCallAsync(endpoint);
        var proof = call.Proof.Build();
        Assert.InRange((await call.SendAsync(cloud.Api, proof)).Status, 200, 204);
        await cloud.RestAsync(new TestUser(call.Tenant, call.User, [], []));
        var before = await cloud.Test.TextAsync(call.Tenant, call.User);
        using var api = await cloud.StartAnotherAsync();

        var answer = await call.SendAsync(api, proof);

        answer.Problem(401, ProblemCodes.ProofInvalid);
        Assert.Equal(before, await cloud.Test.TextAsync(call.Tenant, call.User));
    }

    [Theory]
    [MemberData(nameof(Removals))]
    public async Task A_stranger_does_not_learn_whether_a_user_exists(string endpoint)
    {
        var known = await cloud.NewCallAsync(endpoint);
        var (key, didKey) = (PhoneKey.Create(KeyKind.P256), PhoneKey.Create(KeyKind.P256));

        foreach (var user in (string[])[known.User, "nobody"])
        {
            var call = known with { User = user, Key = key, DidKey = didKey };
            if (endpoint == Victims.Loss)
            {
                call = call with { Body = Victims.LossBody(call) };
            }

            (await call.SendAsync(cloud.Api)).Problem(401, ProblemCodes.DeviceUnknown);
        }
    }

    [Theory]
    [MemberData(nameof(Removals))]
    public async Task I4_A_proof_of_a_removal_that_comes_again_is_answered_as_before_and_starts_nothing(string endpoint)
    {
        var call = await cloud.NewCallAsync(endpoint);
        var proof = call.Proof.Build();
        using var other = await cloud.StartAnotherAsync();
        Assert.Equal(204, (await call.SendAsync(cloud.Api, proof)).Status);
        var user = new TestUser(call.Tenant, call.User, [], []);
        await cloud.RestAsync(user);
        await cloud.Test.QuietAsync();
        var before = await cloud.Test.TextAsync(call.Tenant, call.User);

        Assert.Equal((204, 204), ((await call.SendAsync(cloud.Api, proof)).Status, (await call.SendAsync(other, proof)).Status));

        Assert.Equal(before, await cloud.Test.TextAsync(call.Tenant, call.User));
    }

    [Theory]
    [InlineData(Victims.PushHandle)]
    [InlineData(Victims.Restore)]
    [InlineData(Victims.Redemption)]
    public async Task I4_a_proof_used_many_times_at_the_same_moment_counts_once(string endpoint)
    {
        var call = await cloud.NewCallAsync(endpoint);
        var proof = call.Proof.Build();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => call.SendAsync(cloud.Api, proof)));

        // Those that lost the race are refused, or told of the enrollment that they already made.
        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 201 or 204 or 401 or 409, answer.Text));
        var documents = await cloud.Test.DocumentsAsync(call.Tenant, call.User);
        Assert.Single(documents.OfType("proof"));
        Assert.Single(documents.OfType("audit"), entry => entry.GetProperty("actor").GetProperty("kind").GetString() == AuditActorKinds.Phone);
    }

    [Fact]
    public async Task I1_the_key_of_a_removed_device_only_learns_that_it_was_removed()
    {
        var user = await cloud.NewRemovedAsync();
        var restore = (cloud.RestoreCall(user) with { Key = user.Phones[0].State.Registration!.DeviceKey }).Enrolling();

        Gone(await cloud.PushHandleCall(user).SendAsync(cloud.Api));
        Gone(await restore.SendAsync(cloud.Api));
        Gone(await cloud.Call(user, HttpMethod.Get, "mobile/device/status").SendAsync(cloud.Api));
        Assert.Equal(204, (await cloud.Call(user, HttpMethod.Post, "mobile/device/erasure").SendAsync(cloud.Api)).Status);
        Gone(await cloud.Call(user, HttpMethod.Get, "mobile/device/status").SendAsync(cloud.Api));
    }

    [Fact]
    public async Task I1_the_key_of_an_unregistered_device_is_no_good_for_a_claim()
    {
        var user = await cloud.Test.NewUserAsync();
        var key = user.Phones[0].State.Registration!.DeviceKey;
        await cloud.UnregisterAsync(user);
        var call = (cloud.RedemptionCall(user, await cloud.RenewClaimAsync(user)) with { Key = key }).Enrolling();

        Gone(await call.SendAsync(cloud.Api));
    }

    [Fact]
    public async Task A_strangers_proof_is_not_remembered_so_that_strangers_cannot_fill_the_memory()
    {
        var call = await cloud.NewCallAsync(Victims.Status) with { Key = PhoneKey.Create(KeyKind.P256) };
        var proof = call.Proof.Build();

        (await call.SendAsync(cloud.Api, proof)).Problem(401, ProblemCodes.DeviceUnknown);
        (await call.SendAsync(cloud.Api, proof)).Problem(401, ProblemCodes.DeviceUnknown);
    }

    [Fact]
    public async Task A_proof_of_a_removed_device_counts_once_too()
    {
        var user = await cloud.NewRemovedAsync();
        var call = cloud.Call(user, HttpMethod.Get, "mobile/device/status");
        var proof = call.Proof.Build();

        Gone(await call.SendAsync(cloud.Api, proof));
        (await call.SendAsync(cloud.Api, proof)).Problem(401, ProblemCodes.ProofInvalid);
    }

    [Fact]
    public async Task A_living_device_must_not_erase_itself()
    {
        var user = await cloud.Test.NewUserAsync();

        var answer = await cloud.Call(user, HttpMethod.Post, "mobile/device/erasure").SendAsync(cloud.Api);

        answer.Problem(409, ProblemCodes.Conflict);
    }

    private static void Gone(RawAnswer answer) =>
        Assert.NotEmpty(answer.Problem(410, ProblemCodes.DeviceRemoved).GetProperty("statement").GetString()!);
}
