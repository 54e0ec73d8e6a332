using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>Whoever writes into the queues decides nothing: a message only says where to look, and the documents say what is done.</summary>
public sealed class ForgedMessageTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I7_A_forged_DID_and_epoch_bind_no_account()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 5);
        var did = (await test.UserDocumentAsync(user)).Did;
        await test.UnregisteredAsync(user);
        await test.RedeemAsync(user.NewSigner(), Local.Phones.Keys.PhoneKey.Create(Local.Phones.Keys.KeyKind.P256), (await test.ClaimLinkAsync(user)).Code);
        await test.AtRestAsync(user);
        var before = await test.TextAsync(user);

        foreach (var operation in await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType))
        {
            await SendAsync(Queues.DidResets, Forged(user, operation.OperationId) with { Did = did, Epoch = 99 });
        }

        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task I7_A_forged_DID_and_epoch_in_the_middle_of_a_reset_bind_no_account()
    {
        var user = await test.NewUserAsync(phones: 0, accounts: 5);
        var did = (await test.UserDocumentAsync(user)).Did;
        using (var turnstile = new Turnstile(test, Queues.DidResets))
        {
            var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            await turnstile.WaitingAsync(Queues.DidResets);
            await test.Services.GetRequiredService<QueueSender>().SendAsync(
                Queues.DidResets, Forged(user, accepted.OperationId) with { Did = did, Epoch = 99 }, due: null, Stop);
            await turnstile.LetThroughAsync(Queues.DidResets);
        }

        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        Assert.All(
            await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType), account => Assert.Equal((null, 2L), (account.Did, account.Epoch)));
    }

    [Fact]
    public async Task I9_Messages_that_cross_tenants_users_and_operations_change_nothing()
    {
        var user = await test.NewUserAsync(phones: 3, accounts: 3);
        var other = await test.NewUserAsync(phones: 2, accounts: 3);
        var neighbour = await test.NewUserAsync(phones: 2, accounts: 3, tenantId: "fabrikam");
        var removal = await test.RemovedAsync(user, 0);
        var running = await DuePushAsync(other);
        await test.AtRestAsync(user);
        var before = await TextAsync(user, other, neighbour);

        await Task.WhenAll(
            from partition in new[] { Forged(user, ""), Forged(other, ""), Forged(neighbour, ""), Forged(user, "") with { TenantId = neighbour.TenantId } }
            from operationId in new[] { removal.OperationId, running, "0123456789abcdef0123456789abcdef" }
            where partition.UserId != other.UserId || operationId != running
            let forged = partition with { OperationId = operationId }
            from sent in new[] { Queues.Revocations, Queues.DeviceDeletions, Queues.DidResets }.Select(queue => (queue, forged)).Concat(
                user.DeviceIds.Concat(other.DeviceIds).Append("no-such-device").Select(deviceId => (Queues.RevokePushes, forged with { DeviceId = deviceId })))
            select EnqueueAsync(sent.Item1, sent.Item2));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);

        var changed = (await TextAsync(user, other, neighbour)).Split('\n').Except(before.Split('\n')).ToList();
        Assert.True(changed.Count == 0, string.Join('\n', changed));
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(int.MaxValue, 0, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, int.MaxValue, 0)]
    [InlineData(0, 0, -1)]
    [InlineData(0, 0, int.MaxValue)]
    public async Task I4_Counts_that_no_message_has_are_refused(int attempt, int failures, int part)
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        using (test.BusOut())
        {
            var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            var before = await test.TextAsync(user);
            test.Traffic.Clear();

            await SendAsync(Queues.DidResets, Forged(user, accepted.OperationId) with { Attempt = attempt, Failures = failures, Part = part });

            Assert.Equal(before, await test.TextAsync(user));
        }
    }

    private static AnyMessage Forged(TestUser user, string operationId) =>
        new() { TenantId = user.TenantId, UserId = user.UserId, OperationId = operationId };

    /// <summary>An operation whose push is due, and for which no message is under way.</summary>
    private async Task<string> DuePushAsync(TestUser user)
    {
        var removal = await test.RemovedAsync(user, 0);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        await test.AtRestAsync(user);
        await test.PatchAsync(
            user,
            RevocationDocument.IdOf(user.DeviceIds[0]),
            PatchOperation.Set("/push", JsonSerializer.SerializeToElement(RevokePushState.Retrying, Json.Documents).GetString()),
            PatchOperation.Set("/nextAttemptAt", test.Time.GetUtcNow().AddHours(-1)));
        return removal.OperationId;
    }

    private async Task<string> TextAsync(params IEnumerable<TestUser> users) =>
        string.Join('\n', await Task.WhenAll(users.Select(user => test.TextAsync(user))));

    private Task EnqueueAsync(string queue, AnyMessage message) => test.Services.GetRequiredService<QueueSender>().SendAsync(
        queue, message with { Resumed = Guid.NewGuid().ToString("N") }, due: null, Stop);

    private async Task SendAsync(string queue, AnyMessage message)
    {
        await EnqueueAsync(queue, message);
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
    }

    /// <summary>Any members that a queue's message has or once had.</summary>
    private sealed record AnyMessage : OperationMessage
    {
        public string? DeviceId { get; init; }

        public long? Epoch { get; init; }

        public string? Did { get; init; }

        public int Part { get; init; }

        protected override string WorkId() => "forged";
    }
}
