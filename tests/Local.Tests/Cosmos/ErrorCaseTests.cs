using System.Net;
using BlokSec.Local.Cosmos;
using BlokSec.Local.Cosmos.Queries;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

/// <summary>What Microsoft.Azure.Cosmos makes of each error, for each operation that the function app uses.</summary>
public sealed class ErrorCaseTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private const string OverAll = "query over all partitions";

    private static readonly PartitionKey Key = CosmosFixture.Key("t1", "u1");
    private static readonly string[] Reads = ["read", "read-feed", "query", OverAll];
    private static readonly string[] Writes = ["create", "replace", "patch", "batch"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> AllReads => [.. Reads];

    public static TheoryData<string> AllWrites => [.. Writes];

    public static TheoryData<string> All => [.. Reads, .. Writes];

    public static MatrixTheoryData<string, int> Refusals => new([.. Reads, .. Writes], [404, 408, 409, 412, 413, 503]);

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_reaches_the_caller_as_it_is_at_once(string use, int status)
    {
        var container = await FilledAsync();
        using var fault = Fault(container, use, new FaultRule { Status = status });

        var mark = cosmos.Traffic.Mark;
        Assert.Equal(status, (int)(await RunAsync(container, use)).Status);
        Assert.Equal([status], Answers(use, mark));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Too_many_requests_tells_when_to_come_back(string use)
    {
        var container = await FilledAsync();
        using var fault = Fault(
            container, use, new FaultRule { Status = 429, Headers = new Dictionary<string, string> { ["x-ms-retry-after-ms"] = "1500" } });

        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromMilliseconds(1500)), await RunAsync(container, use));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_SDK_does_it_again_after_a_conflicting_request(string use)
    {
        var container = await FilledAsync();
        using var fault = Fault(container, use, new FaultRule { Status = 449, Times = 1 });

        var mark = cosmos.Traffic.Mark;
        Assert.Equal(HttpStatusCode.OK, (await RunAsync(container, use)).Status);
        var answers = Answers(use, mark);
        Assert.Equal(449, answers[0]);
        Assert.InRange(Assert.Single(answers.Skip(1)), 200, 201);
    }

    [Theory]
    [MemberData(nameof(AllReads))]
    public async Task The_SDK_reads_again_when_the_connection_was_dropped(string use)
    {
        var container = await FilledAsync();
        using var fault = Fault(container, use, new FaultRule { Drop = true, Times = 1 });

        var mark = cosmos.Traffic.Mark;
        Assert.Equal(HttpStatusCode.OK, (await RunAsync(container, use)).Status);
        Assert.Equal([0, 200], Answers(use, mark));
    }

    [Theory]
    [MemberData(nameof(AllWrites))]
    public async Task The_SDK_does_not_write_again_when_the_connection_was_dropped(string use)
    {
        var container = await FilledAsync();
        using var fault = Fault(container, use, new FaultRule { Drop = true, Stage = FaultStage.After, Times = 1 });

        var mark = cosmos.Traffic.Mark;
        await Assert.ThrowsAsync<HttpRequestException>(() => RunAsync(container, use));
        Assert.Equal([0], Answers(use, mark));
        var items = await container.GetItemQueryIterator<Thing>(requestOptions: new() { PartitionKey = Key }).ReadAllAsync();
        Assert.True(use is "create" or "batch" ? items.Count == 2 : items.Single().N == 5);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_container_that_is_not_there_is_not_found(string use)
    {
        var container = await FilledAsync();
        await container.DeleteContainerAsync(cancellationToken: Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, (await RunAsync(container, use)).Status);
    }

    /// <summary>The SDK refuses most of them itself; the last is one of its own around one that is not ours.</summary>
    [Theory]
    [InlineData(null, "garbage")]
    [InlineData("SELECT * FROM c", "garbage")]
    [InlineData("SELECT * FROM c", "e30=")]
    [InlineData("SELECT * FROM c", """[{"token":"e30=","range":{"min":"","max":"FF"}}]""")]
    public async Task A_continuation_that_nobody_gave_is_refused(string? query, string continuation)
    {
        var container = await FilledAsync();

        var problem = await Assert.ThrowsAsync<CosmosException>(
            () => container.GetItemQueryIterator<Thing>(query, continuation, new() { PartitionKey = Key }).ReadAllAsync());
        Assert.Equal(HttpStatusCode.BadRequest, problem.StatusCode);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("bnVsbA==")]
    [InlineData("e30=")]
    [InlineData("W10=")]
    public void A_continuation_of_another_shape_is_refused(string token) =>
        Assert.Equal(400, Assert.Throws<CosmosRefusal>(() => QueryContinuation.Parse(token)).Status);

    [Fact]
    public async Task An_item_that_would_grow_over_2_MB_is_refused_and_stays()
    {
        var container = await FilledAsync();
        var large = new string('x', 1_200_000);
        await container.PatchItemAsync<Thing>("a", Key, [PatchOperation.Set("/name", large)], cancellationToken: Cancellation);
        Func<Task>[] tooMuch =
        [
            () => container.PatchItemAsync<Thing>("a", Key, [PatchOperation.Set("/more", large)], cancellationToken: Cancellation),
            () => container.ReplaceItemAsync(new Thing("a") { Name = large + large }, "a", Key, cancellationToken: Cancellation),
            () => container.UpsertItemAsync(new Thing("a") { Name = large + large }, Key, cancellationToken: Cancellation),
        ];
        foreach (var write in tooMuch)
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Assert.ThrowsAsync<CosmosException>(write)).StatusCode);
        }

        Assert.Equal(large, (await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation)).Resource.Name);
    }

    /// <summary>A container that the SDK knows already, with one item.</summary>
    private async Task<Container> FilledAsync()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation);
        await container.GetItemQueryIterator<Thing>("SELECT * FROM c").ReadAllAsync();
        return container;
    }

    private IDisposable Fault(Container container, string use, FaultRule rule) =>
        cosmos.Traffic.Add(rule with { StandIn = "cosmos", Operation = OperationOf(use), Contains = container.Id });

    private int[] Answers(string use, long mark) =>
        [.. cosmos.Traffic.Since(mark).Where(request => request.Operation == OperationOf(use)).Select(request => request.Status)];

    private static string OperationOf(string use) => use == OverAll ? "query" : use;

    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter)> RunAsync(Container container, string use)
    {
        try
        {
            return await UseAsync(container, use);
        }
        catch (CosmosException problem)
        {
            return (problem.StatusCode, problem.RetryAfter);
        }
    }

    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter)> UseAsync(Container container, string use)
    {
        var onePartition = new QueryRequestOptions { PartitionKey = Key, EnableOptimisticDirectExecution = true };
        PatchOperation[] patch = [PatchOperation.Set("/n", 5)];
        switch (use)
        {
            case "read":
                await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation);
                break;
            case "create":
                await container.CreateItemAsync(new Thing("b"), Key, cancellationToken: Cancellation);
                break;
            case "replace":
                await container.ReplaceItemAsync(new Thing("a") { N = 5 }, "a", Key, cancellationToken: Cancellation);
                break;
            case "patch":
                await container.PatchItemAsync<Thing>("a", Key, patch, cancellationToken: Cancellation);
                break;
            case "batch":
                using (var answer = await container.CreateTransactionalBatch(Key).CreateItem(new Thing("b")).PatchItem("a", patch).ExecuteAsync(Cancellation))
                {
                    return (answer.StatusCode, answer.RetryAfter);
                }

            default:
                await container.GetItemQueryIterator<Thing>(
                    use == "read-feed" ? null : "SELECT * FROM c", requestOptions: use == OverAll ? null : onePartition).ReadAllAsync();
                break;
        }

        return (HttpStatusCode.OK, null);
    }
}
