using System.Collections.Concurrent;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Accounts;

public sealed class ResetDidTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I11_The_reset_of_many_accounts_shows_how_far_it_is_and_never_goes_back()
    {
        var user = await test.NewUserAsync(phones: 0, accounts: 2600);
        var shown = new ConcurrentQueue<int>();
        OperationDetails accepted;
        using (var turnstile = new Turnstile(test, Queues.DidResets))
        {
            var hold = test.Traffic.Hook!;
            test.Traffic.Hook = async (seen, stage) =>
            {
                await hold(seen, stage);
                if (stage == FaultStage.Before && seen is { StandIn: "cosmos", Operation: "batch" or "query" }
                    && seen.Caller.Contains("BlokSec.Functions", StringComparison.Ordinal)
                    && await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType) is [var operation])
                {
                    shown.Enqueue(operation.Step(OperationStepName.ResetDid)!.Completed);
                }
            };
            accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            await test.UntilAsync(
                async () => (await test.Admin().OperationAsync(user.UserId, accepted.OperationId, Stop)).Steps
                    .Count(step => step.Status == OperationStatus.Succeeded) == 3 ? accepted : null,
                "only the reset and the claim are left");
            await turnstile.LetThroughAsync(Queues.DidResets);
        }

        var ended = await test.SucceededAsync(user, accepted.OperationId);
        Assert.Equal([0, 999, 1998], shown.Distinct().Where(completed => completed < 2600));
        Assert.Equal(2600, ended.Steps.Single(step => step.Name == OperationStepName.ResetDid).Completed);
    }

    [Fact]
    public async Task I11_Progress_survives_a_reset_that_is_interrupted_and_comes_again()
    {
        var user = await test.NewUserAsync(phones: 0, accounts: 1200);
        var operationId = (await test.Admin().UnregisterAsync(user.UserId, null, Stop)).OperationId;
        await test.UntilAsync(
            async () => await test.Admin().OperationAsync(user.UserId, operationId, Stop) is { } told
                && told.Steps.Single(step => step.Name == OperationStepName.ResetDid).Completed >= 999 ? told : null,
            "a page is done");
        await test.ComeAgainAsync((await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType)).Single());

        var ended = await test.SucceededAsync(user, operationId);
        Assert.All(ended.Steps, step => Assert.Equal(step.Total, step.Completed));
    }
}
