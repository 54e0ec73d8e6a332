using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Audit;

public sealed class AlertsTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Cloud => fixture.Cloud;

    private IdentityStore Identities => Cloud.Services.GetRequiredService<IdentityStore>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I12_Whoever_tries_a_retired_DID_a_hundred_times_at_once_leaves_one_entry_that_counts_them()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var didKey = user.DidKey();
        await Cloud.UnregisteredAsync(user);
        await Cloud.AtRestAsync(user);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Cloud.RestoreAsync(user.NewSigner(), didKey)));

        Assert.All(answers, answer => Assert.Equal((403, ProblemCodes.DidRetired), (answer.Status, answer.ProblemCode)));
        var alert = Assert.Single(await Cloud.AuditAsync(user), entry => entry.Alert);
        Assert.Equal((100, AuditActions.RetiredDidUsed), (alert.Count, alert.Action));
        Assert.Equal([didKey.Did], alert.Targets);
        Assert.True(alert.LastAt >= alert.At);
    }

    [Fact]
    public async Task I12_A_day_after_the_first_alert_the_next_one_is_an_entry_of_its_own()
    {
        var user = await Cloud.NewUserAsync();
        await RaiseAsync(user, "one");
        await RaiseAsync(user, "one");
        await Cloud.PassAsync(TimeSpan.FromHours(25));
        await RaiseAsync(user, "one");

        Assert.Equal([2, 1], (await Cloud.AuditAsync(user)).Select(entry => entry.Count));
    }

    [Fact]
    public async Task I12_Alerts_of_another_kind_or_user_are_entries_of_their_own()
    {
        var (user, other) = (await Cloud.NewUserAsync(), await Cloud.NewUserAsync());
        await RaiseAsync(user, "one");
        await RaiseAsync(user, "one", AuditActions.ClaimLocked);
        await RaiseAsync(other, "one");

        Assert.Equal(2, (await Cloud.AuditAsync(user)).Count);
        Assert.Single(await Cloud.AuditAsync(other));
    }

    [Fact]
    public async Task I14_One_entry_lists_a_bounded_number_of_targets_however_many_there_were()
    {
        var user = await Cloud.NewUserAsync();
        for (var number = 0; number < Alerts.MaxTargets + 5; number++)
        {
            await RaiseAsync(user, $"target {number}");
        }

        var alert = Assert.Single(await Cloud.AuditAsync(user));
        Assert.Equal((Alerts.MaxTargets + 5, Alerts.MaxTargets), (alert.Count, alert.Targets.Count));
        Assert.Equal("target 0", alert.Targets[0]);
    }

    [Fact]
    public async Task A_replayed_proof_raises_no_alert()
    {
        var user = await Cloud.NewUserAsync();
        var proof = new ProofDocument { Id = ProofDocument.IdOf("device", "jti"), TenantId = user.TenantId, UserId = user.UserId };

        Assert.True(await RaiseAsync(user, "one", proof: proof));
        Assert.False(await RaiseAsync(user, "one", proof: proof));

        Assert.Equal(1, Assert.Single(await Cloud.AuditAsync(user)).Count);
    }

    private Task<bool> RaiseAsync(TestUser user, string target, string action = AuditActions.RetiredDidUsed, ProofDocument? proof = null) =>
        Identities.TryRaiseAsync(
            new UserKey(user.TenantId, user.UserId).Entry(Cloud.Time.GetUtcNow(), AuditActor.System("Test"), action, target), proof, Stop);
}
