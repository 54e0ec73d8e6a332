using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Promises;

public sealed class AuditedTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private static readonly string[] Writes = ["batch", "create", "replace", "upsert", "patch", "delete"];

    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I12_A_removal_tells_who_removed_which_device_why_and_which_device_became_active()
    {
        var user = await test.NewUserAsync(phones: 3);

        var entry = await SingleAsync(user, () => test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], "lost in a taxi", Stop));

        AssertBy(entry, "administrator", "Alice", AuditActions.DeviceRemoved, user.DeviceIds[0]);
        Assert.Equal("lost in a taxi", entry.Reason);
        Assert.NotNull(entry.OperationId);
        Assert.Equal((user.DeviceIds[0], user.DeviceIds[1]), (entry.Before!["activeDeviceId"], entry.After!["activeDeviceId"]));
    }

    [Fact]
    public async Task I12_An_unregistration_is_one_entry_that_lists_every_device_and_the_DID_that_was_reset()
    {
        var user = await test.NewUserAsync(phones: 4);
        var did = user.DidKey().Did;

        var entry = await SingleAsync(user, () => test.Admin().UnregisterAsync(user.UserId, "left the phone in the sea", Stop));

        AssertBy(entry, "administrator", "Alice", AuditActions.UserUnregistered, [.. user.DeviceIds]);
        Assert.Equal("left the phone in the sea", entry.Reason);
        Assert.Equal((did, "1", user.DeviceIds[0]), (entry.Before!["did"], entry.Before["epoch"], entry.Before["activeDeviceId"]));
        Assert.Equal((null, "2", null), (Value(entry, "did"), entry.After!["epoch"], Value(entry, "activeDeviceId")));
    }

    [Fact]
    public async Task I12_A_change_of_the_active_device_tells_from_which_to_which()
    {
        var user = await test.NewUserAsync(phones: 2);

        var entry = await SingleAsync(user, () => test.Admin().SetActiveAsync(user.UserId, user.DeviceIds[1], "*"));

        AssertBy(entry, "administrator", "Alice", AuditActions.ActiveDeviceChanged, user.DeviceIds[1]);
        Assert.Equal((user.DeviceIds[0], user.DeviceIds[1]), (entry.Before!["activeDeviceId"], entry.After!["activeDeviceId"]));
    }

    [Fact]
    public async Task I12_A_renewal_of_the_claim_tells_which_claim_took_the_place_of_which()
    {
        var user = await test.NewUserAsync(phones: 1);
        await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        var old = (await test.Admin().ClaimAsync(user.UserId, Stop)).ClaimId;

        var entry = await SingleAsync(user, () => test.Admin().RenewAsync(user.UserId));

        var renewed = (await test.Admin().ClaimAsync(user.UserId, Stop)).ClaimId;
        AssertBy(entry, "administrator", "Alice", AuditActions.ClaimRenewed, renewed);
        Assert.Equal((old, renewed), (entry.Before!["claimId"], entry.After!["claimId"]));
    }

    [Fact]
    public async Task I12_A_phone_that_enrolls_restores_registers_its_push_handle_learns_and_confirms_leaves_an_entry_each_time()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var link = (await test.Admin().RenewAsync(user.UserId)).Read<ClaimDetails>().Link;
        Assert.True(Local.Phones.ClaimLink.TryParse(link, out var claim));
        var (signer, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519));
        var deviceId = signer.Key.DeviceId;

        var enrolled = await SingleAsync(user, () => test.RedeemAsync(signer, didKey, claim.Code));
        AssertBy(enrolled, "phone", deviceId, AuditActions.DeviceEnrolled, deviceId);
        Assert.Equal((null, didKey.Did), (enrolled.Before?.GetValueOrDefault("did"), enrolled.After!["did"]));
        await test.ResumeAsync();
        await test.AtRestAsync(user);

        var second = user.NewSigner();
        var restored = await SingleAsync(user, () => test.RestoreAsync(second, didKey));
        AssertBy(restored, "phone", second.Key.DeviceId, AuditActions.DeviceRestored, second.Key.DeviceId);

        var handle = new PushHandleRegistration { Kind = PushHandleKind.FcmToken, Value = new string('b', 64) };
        var registered = await SingleAsync(user, () => test.PutHandleAsync(signer, handle));
        AssertBy(registered, "phone", deviceId, AuditActions.PushHandleChanged, deviceId);
        Assert.Equal(("None", "Receiving"), (registered.Before!["pushStatus"], registered.After!["pushStatus"]));
        Assert.Equal((null, deviceId), (registered.Before.GetValueOrDefault("activeDeviceId"), registered.After["activeDeviceId"]));

        await SingleAsync(user, () => test.Admin().RemoveAsync(user.UserId, deviceId, null, Stop));
        test.Time.Advance(TimeSpan.FromSeconds(1));
        var learned = await SingleAsync(user, () => test.StatusAsync(signer));
        AssertBy(learned, "phone", deviceId, AuditActions.RemovalLearned, deviceId);
        var confirmed = await SingleAsync(user, () => test.EraseAsync(signer));
        AssertBy(confirmed, "phone", deviceId, AuditActions.RemovalConfirmed, deviceId);
        Assert.Equal(learned.OperationId, confirmed.OperationId);
    }

    [Fact]
    public async Task I12_A_claim_that_is_locked_is_an_alert()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        var claimId = (await test.Admin().RenewAsync(user.UserId)).Read<ClaimDetails>().ClaimId;
        var wrong = (await test.ClaimLinkAsync(user)).Code[..12] + "-wrong";
        for (var guess = 1; guess < 10; guess++)
        {
            await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), wrong);
        }

        var entry = await SingleAsync(user, () => test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), wrong));

        AssertBy(entry, "system", "RedeemClaim", AuditActions.ClaimLocked, claimId);
        Assert.True(entry.Alert);
    }

    [Fact]
    public async Task I12_Each_queue_function_that_changes_a_device_or_ends_an_operation_tells_it_in_the_batch_that_does_it()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        await user.Phones[0].SetOfflineAsync(true, Stop);
        var deviceId = user.DeviceIds[0];
        using var turnstile = new Turnstile(test, Queues.Revocations, Queues.RevokePushes, Queues.DeviceDeletions, Queues.DidResets, Queues.Signals);
        var operationId = (await test.Admin().UnregisterAsync(user.UserId, null, Stop)).OperationId;

        Assert.Empty(await EntriesAsync(user, writes: 1, () => turnstile.LetThroughAsync(Queues.Revocations)));

        // The provider's token for Apple is another document of another partition.
        var pushed = Assert.Single(await EntriesAsync(user, writes: null, () => turnstile.LetThroughAsync(Queues.RevokePushes)));
        AssertBy(pushed, "system", "SendRevokePush", AuditActions.PushChanged, deviceId);
        Assert.Equal(("Queued", "Accepted"), (pushed.Before!["push"], pushed.After!["push"]));

        var deleted = Assert.Single(await EntriesAsync(user, writes: 1, () => turnstile.LetThroughAsync(Queues.DeviceDeletions)));
        AssertBy(deleted, "system", "DeleteDevices", AuditActions.DevicesDeleted, deviceId);

        // One batch for the accounts, one for the end of the operation.
        var ended = await EntriesAsync(user, writes: 2, () => turnstile.LetThroughAsync(Queues.DidResets));
        var claim = await test.Admin().ClaimAsync(user.UserId, Stop);
        AssertBy(ended.Single(entry => entry.Action == AuditActions.ClaimCreated), "system", "OperationProgress", AuditActions.ClaimCreated, claim.ClaimId);
        AssertBy(
            ended.Single(entry => entry.Action == AuditActions.OperationFinished),
            "system", "OperationProgress", AuditActions.OperationFinished, operationId);
        Assert.Equal(2, ended.Count);
        Assert.All([pushed, deleted, .. ended], entry => Assert.Equal(operationId, entry.OperationId));
    }

    [Fact]
    public async Task I12_An_entry_tells_the_administrators_subject_address_and_trace()
    {
        var user = await test.NewUserAsync(phones: 2);

        var entry = await SingleAsync(user, () => test.Admin().SetActiveAsync(user.UserId, user.DeviceIds[1], "*"));

        Assert.Equal((TestCloud.Alice, "127.0.0.1"), (entry.Actor.Id, entry.Actor.Address));
        var read = (await test.Admin().AskAsync($"users/{user.UserId}/audit")).Read<AuditEntryList>().Entries[0];
        Assert.Equal(
            (AuditActorKinds.Administrator, TestCloud.Alice, "127.0.0.1", entry.TraceId),
            (read.ActorKind, read.ActorId, read.ActorAddress, read.TraceId));
        Assert.Matches("^[0-9a-f]{32}$", read.TraceId);
    }

    /// <summary>The one entry that an act leaves, with one write to users' partitions: the act itself and its entry.</summary>
    private async Task<AuditDocument> SingleAsync(TestUser user, Func<Task> act)
    {
        using var held = test.BusOut();
        return Assert.Single(await EntriesAsync(user, writes: 1, act));
    }

    private async Task<IReadOnlyList<AuditDocument>> EntriesAsync(TestUser user, int? writes, Func<Task> act)
    {
        var known = (await test.AuditAsync(user)).Select(entry => entry.Id).ToHashSet();
        var (mark, from) = (test.Traffic.Mark, test.Time.GetUtcNow());
        await act();
        var written = test.Traffic.Since(mark).Count(seen =>
            seen.StandIn == "cosmos" && Writes.Contains(seen.Operation) && seen.Searchable.Contains(user.UserId, StringComparison.Ordinal));
        Assert.Equal(writes ?? written, written);
        var entries = (await test.AuditAsync(user)).Where(entry => !known.Contains(entry.Id)).ToArray();
        Assert.All(entries, entry => Assert.InRange(entry.At, from, test.Time.GetUtcNow()));
        return entries;
    }

    private static void AssertBy(AuditDocument entry, string kind, string nameContains, string action, params string[] targets)
    {
        Assert.Equal((kind, action), (entry.Actor.Kind, entry.Action));
        Assert.Contains(nameContains, entry.Actor.Name, StringComparison.Ordinal);
        Assert.NotEmpty(entry.Actor.Id);
        Assert.Equal(targets.Order(StringComparer.Ordinal), entry.Targets.Order(StringComparer.Ordinal));
    }

    private static string? Value(AuditDocument entry, string name) => entry.After!.GetValueOrDefault(name);
}
