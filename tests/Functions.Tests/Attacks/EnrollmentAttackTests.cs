using System.Collections.Concurrent;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Attacks;

public sealed class EnrollmentAttackTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly ConcurrentDictionary<string, Task<MobileCall>> Calls = new();

    public static MatrixTheoryData<string, string> Attacks => new([Victims.Restore, Victims.Redemption], ForgedDidProofs.All.Keys);

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task A_forged_proof_of_the_DID_is_refused_and_changes_nothing(string endpoint, string attack)
    {
        var call = await Calls.GetOrAdd(endpoint, cloud.NewCallAsync);
        var before = await cloud.Test.TextAsync(call.Tenant, call.User);

        var answer = await call.Enrolling(ForgedDidProofs.All[attack](call.DidProof)).SendAsync(cloud.Api);

        answer.Problem(401, attack is "expired" or "in the future" ? ProblemCodes.ClockSkewed : ProblemCodes.ProofInvalid);
        Assert.Equal(before, await cloud.Test.TextAsync(call.Tenant, call.User));
    }

    [Fact]
    public async Task A_DID_of_ones_own_is_no_good_for_restoring_somebody_else()
    {
        var call = await cloud.NewCallAsync(Victims.Restore);
        var before = await cloud.Test.TextAsync(call.Tenant, call.User);

        var answer = await (call with { DidKey = PhoneKey.Create(KeyKind.Ed25519) }).Enrolling().SendAsync(cloud.Api);

        answer.Problem(401, ProblemCodes.ProofInvalid);
        Assert.Equal(before, await cloud.Test.TextAsync(call.Tenant, call.User));
    }

    [Theory]
    [InlineData(Victims.Restore, 401, ProblemCodes.ProofInvalid)]
    [InlineData(Victims.Redemption, 403, ProblemCodes.ClaimInvalid)]
    public async Task I9_all_of_it_said_of_another_tenant_is_worth_nothing(string endpoint, int status, string code)
    {
        var call = await cloud.NewCallAsync(endpoint);
        var before = await cloud.Test.TextAsync(call.Tenant, call.User);

        var answer = await (call with { Tenant = "fabrikam" }).Enrolling().SendAsync(cloud.Api);

        answer.Problem(status, code);
        Assert.Equal(before, await cloud.Test.TextAsync(call.Tenant, call.User));
        Assert.Empty(await cloud.Test.DocumentsAsync("fabrikam", call.User));
    }

    [Fact]
    public async Task I8_a_claim_of_another_user_is_worth_nothing()
    {
        var (call, other) = (await cloud.NewCallAsync(Victims.Redemption), await cloud.NewCallAsync(Victims.Redemption));

        var answer = await (call with { User = other.User }).Enrolling().SendAsync(cloud.Api);

        answer.Problem(403, ProblemCodes.ClaimInvalid);
    }

    [Fact]
    public async Task I7_a_retired_DID_is_refused_by_restore_and_by_claim_with_an_alert()
    {
        var user = await cloud.Test.NewUserAsync();
        var restore = cloud.RestoreCall(user);
        await cloud.UnregisterAsync(user);
        var code = await cloud.RenewClaimAsync(user);

        (await restore.Enrolling().SendAsync(cloud.Api)).Problem(403, ProblemCodes.DidRetired);
        var claim = (cloud.RedemptionCall(user with { Phones = [] }, code) with { DidKey = restore.DidKey }).Enrolling();
        (await claim.SendAsync(cloud.Api)).Problem(403, ProblemCodes.DidRetired);

        var documents = await cloud.Test.DocumentsAsync(user);
        var alert = Assert.Single(documents.OfType("audit"), entry => entry.GetProperty("alert").GetBoolean());
        Assert.Equal(2, alert.GetProperty("count").GetInt32());
        Assert.Empty(documents.OfType("device"));
        Assert.Equal("open", documents.OfType("claim").Single().GetProperty("state").GetString());
    }

    [Fact]
    public async Task I8_a_claim_is_locked_after_ten_wrong_codes_even_for_the_right_one()
    {
        var call = await cloud.NewCallAsync(Victims.Redemption);
        for (var guess = 0; guess < 10; guess++)
        {
            (await Guess(call, guess).SendAsync(cloud.Api)).Problem(403, ProblemCodes.ClaimInvalid);
        }

        (await call.SendAsync(cloud.Api)).Problem(403, ProblemCodes.ClaimLocked);
        Assert.Equal("locked", (await ClaimAsync(call)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task I8_guessing_many_codes_at_the_same_moment_locks_the_claim_too()
    {
        var call = await cloud.NewCallAsync(Victims.Redemption);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(guess => Guess(call, guess).SendAsync(cloud.Api)));

        (await call.SendAsync(cloud.Api)).Problem(403, ProblemCodes.ClaimLocked);
        Assert.Equal(10, (await ClaimAsync(call)).GetProperty("failedAttempts").GetInt32());
    }

    [Fact]
    public async Task I8_a_claim_used_twice_at_the_same_moment_works_once()
    {
        for (var round = 0; round < 15; round++)
        {
            var first = await cloud.NewCallAsync(Victims.Redemption);
            var second = (first with { Key = PhoneKey.Create(KeyKind.Ed25519), DidKey = PhoneKey.Create(KeyKind.P256) }).Enrolling();

            var answers = await Task.WhenAll(first.SendAsync(cloud.Api), second.SendAsync(cloud.Api));

            Assert.Single(answers, answer => answer.Status == 201);
            answers.Single(answer => answer.Status != 201).Problem(409, ProblemCodes.ClaimUsed);
            Assert.Single((await cloud.Test.DocumentsAsync(first.Tenant, first.User)).OfType("device"));
        }
    }

    [Fact]
    public async Task I8_a_new_claim_kills_the_old_one_and_expiry_ends_it()
    {
        var user = await cloud.Test.NewUserAsync(phones: 0, invited: true);
        var old = cloud.RedemptionCall(user, await cloud.RenewClaimAsync(user));
        var renewed = cloud.RedemptionCall(user, await cloud.RenewClaimAsync(user));

        (await old.SendAsync(cloud.Api)).Problem(409, ProblemCodes.ClaimReplaced);
        cloud.Test.Time.Advance(TimeSpan.FromHours(25));
        (await renewed.Enrolling().SendAsync(cloud.Api)).Problem(410, ProblemCodes.ClaimExpired);
    }

    [Fact]
    public async Task I8_an_old_idempotency_key_neither_brings_a_dead_code_back_nor_makes_a_third_claim()
    {
        var user = await cloud.Test.NewUserAsync(phones: 0, invited: true);
        var first = await RenewAsync(user, "first");
        Assert.Equal(first, await RenewAsync(user, "first"));
        var second = await RenewAsync(user, "second");

        var before = await cloud.Test.TextAsync(user);

        (await TryRenewAsync(user, "first")).Problem(409, ProblemCodes.ClaimReplaced);

        Assert.NotEqual(first, second);
        Assert.Equal(before, await cloud.Test.TextAsync(user));
        Assert.Equal(second, await RenewAsync(user, "second"));
    }

    [Fact]
    public async Task I8_an_old_idempotency_key_makes_no_claim_in_a_later_life_either()
    {
        var user = await cloud.Test.NewUserAsync(phones: 0, invited: true);
        await RenewAsync(user, "first");
        var call = cloud.RedemptionCall(user, await cloud.RenewClaimAsync(user));
        Assert.Equal(201, (await call.SendAsync(cloud.Api)).Status);
        await cloud.UnregisterAsync(user);

        (await TryRenewAsync(user, "first")).Problem(409, ProblemCodes.ClaimReplaced);
        for (var renewal = 0; renewal < 25; renewal++)
        {
            await RenewAsync(user, $"key {renewal}");
        }

        var claim = (await cloud.Test.DocumentsAsync(user)).OfType("claim").Single();
        Assert.Equal(20, claim.GetProperty("earlierRequestIds").GetArrayLength());
    }

    /// <summary>The code of somebody who saw the half of it.</summary>
    private static MobileCall Guess(MobileCall call, int guess) =>
        (call with { Code = $"{call.Code![..20]}{(call.Code[20] == 'A' ? 'B' : 'A')}{guess:D2}{call.Code[23..]}", Key = PhoneKey.Create(KeyKind.P256) }).Enrolling();

    private async Task<string?> RenewAsync(TestUser user, string idempotencyKey)
    {
        var answer = await TryRenewAsync(user, idempotencyKey);
        Assert.Equal(200, answer.Status);
        return answer.Json.GetProperty("link").GetString();
    }

    private Task<RawAnswer> TryRenewAsync(TestUser user, string idempotencyKey) => cloud.Api.SendAsync(
        cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/claim/renewal", null, ("Idempotency-Key", idempotencyKey));

    private async Task<System.Text.Json.JsonElement> ClaimAsync(MobileCall call) =>
        (await cloud.Test.DocumentsAsync(call.Tenant, call.User)).OfType("claim").Single();
}
