using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Identities;

/// <summary>The one loop of optimistic concurrency.</summary>
public sealed class OptimisticUpdateTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IdentityStore Identities => test.Services.GetRequiredService<IdentityStore>();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(IdentityStore.MaxAttempts - 1)]
    public async Task I4_A_conflict_has_all_read_and_decided_again_until_the_write_is_the_only_one(int conflicts)
    {
        var user = await test.NewUserAsync();
        var seen = new List<int>();

        var result = await Identities.UpdateAsync<UserDocument?, int>(
            KeyOf(user),
            stop => ReadAsync(user, stop),
            async (document, attempt) =>
            {
                seen.Add(document!.AccountCount);
                if (attempt.Number < conflicts)
                {
                    await test.PatchAsync(user, "user", PatchOperation.Increment("/accountCount", 1));
                }

                attempt.Batch.Replace(document with { DeviceCount = 7 });
                return attempt.Number;
            },
            Stop);

        Assert.Equal(new UpdateResult<int>(UpdateStatus.Written, conflicts), result);
        Assert.Equal(Enumerable.Range(seen[0], conflicts + 1), seen);
        var stored = await test.UserDocumentAsync(user);
        Assert.Equal((seen[^1], 7), (stored.AccountCount, stored.DeviceCount));
    }

    [Fact]
    public async Task Too_many_conflicts_write_nothing_and_are_told_apart_from_an_answer()
    {
        var user = await test.NewUserAsync();
        var attempts = 0;

        var result = await Identities.UpdateAsync<UserDocument?, string>(
            KeyOf(user),
            stop => ReadAsync(user, stop),
            async (document, attempt) =>
            {
                attempts++;
                await test.PatchAsync(user, "user", PatchOperation.Increment("/accountCount", 1));
                attempt.Batch.Replace(document! with { DeviceCount = 7 });
                return "written";
            },
            Stop);

        Assert.Equal(new UpdateResult<string>(UpdateStatus.Contended, null), result);
        Assert.Equal(IdentityStore.MaxAttempts, attempts);
        Assert.NotEqual(7, (await test.UserDocumentAsync(user)).DeviceCount);
        Assert.Throws<TimeoutException>(() => result.ValueOrTimeout("user"));
    }

    [Fact]
    public async Task A_decision_that_leaves_the_batch_empty_ends_the_update_without_a_write()
    {
        var user = await test.NewUserAsync();
        var before = await test.TextAsync(user);

        var result = await Identities.UpdateAsync<UserDocument?, string>(
            KeyOf(user), stop => ReadAsync(user, stop), (document, _) => document!.Id, Stop);

        Assert.Equal(new UpdateResult<string>(UpdateStatus.Unchanged, "user"), result);
        Assert.Equal("user", result.ValueOrTimeout("user"));
        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task What_was_read_before_is_not_read_again_unless_it_was_stale()
    {
        var user = await test.NewUserAsync();
        var known = await ReadAsync(user, Stop);
        await test.PatchAsync(user, "user", PatchOperation.Increment("/accountCount", 1));
        var reads = 0;

        var result = await Identities.UpdateAsync(
            KeyOf(user),
            stop =>
            {
                reads++;
                return ReadAsync(user, stop);
            },
            (document, attempt) =>
            {
                attempt.Batch.Replace(document! with { DeviceCount = 7 });
                return reads;
            },
            known,
            Stop);

        Assert.Equal(new UpdateResult<int>(UpdateStatus.Written, 1), result);
        Assert.Equal(known!.AccountCount + 1, (await test.UserDocumentAsync(user)).AccountCount);
    }

    private static UserKey KeyOf(TestUser user) => new(user.TenantId, user.UserId);

    private Task<UserDocument?> ReadAsync(TestUser user, CancellationToken stop) =>
        Identities.ReadAsync<UserDocument>(KeyOf(user), UserDocument.DocumentId, stop);
}
