using BlokSec.Contracts;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Users;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>I14: whatever grows with use has a bound, or is worked through in portions.</summary>
public sealed class EveryCollectionIsBoundedTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I14_More_revoked_devices_than_a_batch_takes_are_deleted_and_the_unregistration_ends_with_its_claim()
    {
        var user = await test.NewUserAsync(phones: 2);
        await test.CreateAsync(user, await RevokedAsync(user, 250));

        await test.UnregisteredAsync(user);

        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
        var deleted = (await test.AuditAsync(user)).Where(entry => entry.Action == AuditActions.DevicesDeleted).ToArray();
        Assert.All(deleted, entry => Assert.InRange(entry.Targets.Count, 1, DeleteDevices.Portion));
        Assert.Equal(252, deleted.SelectMany(entry => entry.Targets).Distinct().Count());
    }

    [Fact]
    public async Task I14_A_fence_over_as_many_devices_and_sign_ins_as_it_takes_fits_one_batch()
    {
        var user = await test.NewUserAsync(phones: UserDocument.MaxDevices);
        await test.CreateAsync(user, SignIns(user, RevocationFence.MaxPendingSignIns));
        await test.CreateAsync(user, [OpenClaim(user)]);

        await test.UnregisteredAsync(user);

        Assert.Empty(await PendingAsync(user));
        Assert.False((await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType)).Single().HasMoreSignIns);
    }

    [Theory]
    [InlineData(RevocationFence.MaxPendingSignIns + 1)]
    [InlineData(RevocationFence.MaxConcerned + 150)]
    public async Task I14_All_sign_ins_that_wait_for_removed_devices_end_however_many_there_are(int count)
    {
        var user = await test.NewUserAsync(phones: 3);
        await test.CreateAsync(user, SignIns(user, count));

        await test.RemovedAsync(user, 0);

        Assert.Equal(
            user.DeviceIds.Skip(1).Order(StringComparer.Ordinal),
            (await PendingAsync(user)).Select(request => request.DeviceId!).Distinct().Order(StringComparer.Ordinal));
        await test.UnregisteredAsync(user);
        Assert.Empty(await PendingAsync(user));
    }

    [Fact]
    public async Task I14_A_decision_reads_one_page_whatever_has_piled_up()
    {
        var user = await test.NewUserAsync(phones: 3);
        await test.CreateAsync(user, await RevokedAsync(user, 300));
        await test.CreateAsync(user, SignIns(user, 300));
        await test.QuietAsync();
        using var held = new Turnstile(test, Queues.Revocations);

        var mark = test.Traffic.Mark;
        await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);

        Assert.Equal(
            ["query", "batch"],
            test.Traffic.Since(mark).Where(seen => seen.StandIn == "cosmos" && seen.Operation is "query" or "batch"
                && seen.Searchable.Contains(user.UserId, StringComparison.Ordinal)).Select(seen => seen.Operation));
    }

    [Fact]
    public async Task I14_A_user_page_shows_the_newest_and_counts_what_it_has_no_room_for()
    {
        var user = await test.NewUserAsync(phones: 2);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        var revocation = (await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType)).Single();
        var operation = (await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType)).Single();
        await test.CreateAsync(user, Enumerable.Range(1, 320).Select(number => revocation with
        {
            Id = RevocationDocument.IdOf($"earlier-{number:d4}"),
            DeviceId = $"earlier-{number:d4}",
            ConfirmedAt = null,
            BlockedAt = revocation.BlockedAt.AddDays(-number),
            ETag = null,
        }));
        await test.CreateAsync(user, Enumerable.Range(1, 90).Select(number => operation with
        {
            Id = OperationDocument.IdOf($"{number:x32}"),
            OperationId = $"{number:x32}",
            Status = OperationStatus.Failed,
            RequestedAt = operation.RequestedAt.AddDays(-number),
            ETag = null,
        }));

        var page = await test.Admin().UserAsync(user.UserId, Stop);

        Assert.Equal((UserPageRoom.Revocations, 321 - UserPageRoom.Revocations), (page.Revocations.Count, page.MoreRevocations));
        Assert.Equal(user.DeviceIds[0], page.Revocations[0].DeviceId);
        Assert.Equal("earlier-0099", page.Revocations[^1].DeviceId);
        const int shown = UserPageRoom.Operations + UserPageRoom.UnfinishedOperations;
        Assert.Equal((shown, 91 - shown), (page.Operations.Count, page.MoreOperations));
        Assert.Equal(operation.OperationId, page.Operations[0].OperationId);
        Assert.Single(page.Devices);
    }

    [Fact]
    public void I14_A_batch_refuses_what_the_database_would_refuse()
    {
        var store = test.Services.GetRequiredService<IdentityStore>();
        var key = new UserKey(TestCloud.Tenant, "nobody");
        var full = store.Begin(key);
        for (var number = 0; number < PartitionBatch.MaxOperations; number++)
        {
            full.Delete($"device:{number}");
        }

        Assert.Contains("100 operations", Assert.Throws<BatchTooLargeException>(() => full.Delete("device:one-more")).Message, StringComparison.Ordinal);

        var large = store.Begin(key);
        var proof = new ProofDocument { Id = $"proof:{new string('x', 1000)}", TenantId = key.TenantId, UserId = new string('u', 950_000) };
        large.Create(proof);
        Assert.Contains("bytes", Assert.Throws<BatchTooLargeException>(() => large.Create(proof)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I14_A_months_retries_for_changing_reasons_leave_a_timeline_of_bounded_length()
    {
        var user = await test.NewUserAsync(phones: 1);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        var revocation = (await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType)).Single() with { Timeline = [] };
        var at = revocation.BlockedAt;
        for (var attempt = 1; attempt <= 1000; attempt++)
        {
            revocation = RevocationRecords.Retry(revocation, $"reason {attempt}", wasSent: true, at.AddHours(attempt + 1), at.AddHours(attempt));
        }

        Assert.Equal(RevocationRecords.MaxTimeline, revocation.Timeline.Count);
        Assert.Equal(("reason 1", "reason 1000"), (revocation.Timeline[0].Detail, revocation.Timeline[^1].Detail));
        Assert.Equal(revocation.Timeline.OrderBy(entry => entry.At), revocation.Timeline);
        Assert.Contains(revocation.Timeline, entry => entry.Detail?.Contains("only the last attempts", StringComparison.Ordinal) == true);
    }

    private async Task<IEnumerable<DeviceDocument>> RevokedAsync(TestUser user, int count)
    {
        var device = (await test.AllAsync<DeviceDocument>(user, DeviceDocument.DocumentType))[0];
        return Enumerable.Range(0, count).Select(number => device with
        {
            Id = DeviceDocument.IdOf($"removed-before-{number:d4}"),
            DeviceId = $"removed-before-{number:d4}",
            State = DeviceState.Revoked,
            ETag = null,
        });
    }

    /// <summary>So many for each of the first devices, or so many in all where there are more devices.</summary>
    private IEnumerable<AuthenticationRequestDocument> SignIns(TestUser user, int count) =>
        from deviceId in user.DeviceIds.Take(3)
        from number in Enumerable.Range(0, user.DeviceIds.Count > 3 ? count / 3 : count)
        select new AuthenticationRequestDocument
        {
            Id = AuthenticationRequestDocument.IdOf($"waiting-{deviceId}-{number:d4}"),
            TenantId = user.TenantId,
            UserId = user.UserId,
            RequestId = $"waiting-{deviceId}-{number:d4}",
            ApplicationId = "app",
            ApplicationName = "App",
            Method = "Push",
            Status = AuthenticationRequestStatus.Pending,
            IssuedAt = test.Time.GetUtcNow(),
            DeviceId = deviceId,
        };

    private ClaimDocument OpenClaim(TestUser user) => new()
    {
        Id = ClaimDocument.DocumentId,
        TenantId = user.TenantId,
        UserId = user.UserId,
        ClaimId = "0123456789abcdef0123456789abcdef",
        KeyId = "any",
        Epoch = 1,
        CreatedAt = test.Time.GetUtcNow(),
        ExpiresAt = test.Time.GetUtcNow().AddDays(1),
        State = ClaimState.Open,
    };

    private async Task<IReadOnlyList<AuthenticationRequestDocument>> PendingAsync(TestUser user) =>
        [.. (await test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType))
            .Where(request => request.Status == AuthenticationRequestStatus.Pending)];
}
