using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Attacks;

public sealed class SameMomentTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private const int Rounds = 20;
    private const string Remove = """{"confirmation":"remove device"}""";
    private const string Unregister = """{"confirmation":"unregister all devices"}""";

    [Theory]
    [InlineData("removal", null, null)]
    [InlineData("removal", "key-of-alice", "key-of-bob")]
    [InlineData("removal", "same-key", "same-key")]
    [InlineData("unregistration", null, null)]
    [InlineData("unregistration", "key-of-alice", "key-of-bob")]
    [InlineData("unregistration", "same-key", "same-key")]
    [InlineData("departure", null, null)]
    [InlineData("departure", "key-of-alice", "key-of-bob")]
    public async Task Two_administrators_at_the_same_moment_start_one_operation(string call, string? firstKey, string? secondKey)
    {
        var bob = cloud.Issuer.Token(new TokenClaims { Subject = "bob" });
        for (var round = 0; round < Rounds; round++)
        {
            var user = await cloud.Test.NewUserAsync(phones: 2);
            var answers = await Task.WhenAll(
                SendAsync(cloud.Admin, EveryAdminCall.Of(call, user), firstKey), SendAsync(bob, EveryAdminCall.Of(call, user), secondKey));
            await AssertOneAsync(user, answers);
        }
    }

    [Theory]
    [InlineData("removal", null)]
    [InlineData("removal", "one-click")]
    [InlineData("unregistration", null)]
    [InlineData("unregistration", "one-click")]
    [InlineData("departure", null)]
    [InlineData("departure", "one-click")]
    public async Task A_double_click_starts_one_operation(string call, string? key)
    {
        var user = await cloud.Test.NewUserAsync(phones: 2);
        var admin = EveryAdminCall.Of(call, user);

        var fast = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(cloud.Admin, admin, key)));
        await cloud.RestAsync(user);
        var slow = await SendAsync(cloud.Admin, admin, key);

        Assert.Equal(200, slow.Status);
        await AssertOneAsync(user, [.. fast, slow]);
    }

    [Fact]
    public async Task Removing_a_phone_and_unregistering_at_the_same_moment_revoke_each_phone_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var user = await cloud.Test.NewUserAsync(phones: 3);
            var answers = await Task.WhenAll(
                cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal", Remove),
                cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/unregistration", Unregister));

            Assert.All(answers, answer => Assert.True(answer.Status is 200 or 202, answer.Text));
            await cloud.RestAsync(user);
            var documents = await cloud.Test.DocumentsAsync(user);
            Assert.Equal(3, documents.OfType("revocation").Count());
            Assert.Empty(documents.OfType("device"));
        }
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_told_apart()
    {
        var user = await cloud.Test.NewUserAsync(phones: 2);
        var first = EveryAdminCall.Of("removal", user);
        Assert.Equal(202, (await SendAsync(cloud.Admin, first, "key")).Status);
        await cloud.RestAsync(user);
        var before = await cloud.Test.DocumentsAsync(user);

        AdminCall[] others =
        [
            first with { Body = """{"confirmation":"remove device","reason":"another"}""" },
            first with { Path = $"users/{user.UserId}/devices/{user.DeviceIds[1]}/removal" },
            EveryAdminCall.Of("unregistration", user),
        ];
        foreach (var other in others)
        {
            (await SendAsync(cloud.Admin, other, "key")).Problem(422, ProblemCodes.IdempotencyKeyReused);
        }

        var after = await cloud.Test.DocumentsAsync(user);
        Assert.Single(after.OfType("operation"));
        Assert.Equal(before.OfType("device").Count(), after.OfType("device").Count());
    }

    private Task<RawAnswer> SendAsync(string token, AdminCall call, string? key) => cloud.Api.SendAsync(
        token, call.Method, call.Path, call.Body, key is null ? [] : [("Idempotency-Key", key)]);

    private async Task AssertOneAsync(TestUser user, IReadOnlyList<RawAnswer> answers)
    {
        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 202, $"{answer.Status} {answer.Text}"));
        var told = Assert.Single(answers.Select(answer => answer.Json.GetProperty("operationId").GetString()).Distinct());
        Assert.All(answers, answer => Assert.EndsWith(
            $"/api/users/{user.UserId}/operations/{told}", answer.Headers.GetValues("Operation-Location").Single(), StringComparison.Ordinal));
        var documents = await cloud.Test.DocumentsAsync(user);
        var operation = Assert.Single(documents.OfType("operation"));
        Assert.Equal(told, operation.GetProperty("operationId").GetString());
        Assert.Single(
            documents.OfType("audit"), entry => entry.GetProperty("actor").GetProperty("kind").GetString() == AuditActorKinds.Administrator);
    }
}
