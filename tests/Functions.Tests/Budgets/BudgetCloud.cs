using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Budgets;

/// <summary>What something cost.</summary>
/// <param name="Database">Requests to the database, in order, by what they do.</param>
/// <param name="Sent">Sends to the bus; a batch is one.</param>
/// <param name="Messages">Messages in them.</param>
internal sealed record Cost(IReadOnlyList<string> Database, int Sent, int Messages)
{
    public static Cost Of(IEnumerable<SeenRequest> seen)
    {
        var all = seen.ToArray();

        // The SDK looks up the account's regions every few minutes, whatever happens.
        var sends = all.Where(request => request is { StandIn: "servicebus", Operation: "send" }).ToArray();
        return new Cost(
            [.. all.Where(request => request.StandIn == "cosmos" && request.Operation != "account").Select(request => request.Operation)],
            sends.Length,
            sends.Sum(send => send.Messages));
    }

    /// <summary>
    /// What an act costs until it is answered, once nothing that was done before is left to do. What applications learn of it is looked up
    /// by a queue's function at the same time.
    /// </summary>
    public static async Task<Cost> OfAsync(TestCloud test, Func<Task> act)
    {
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(CancellationToken.None).WaitAsync(TestCloud.Patience);
        var mark = test.Traffic.Mark;
        await act();
        return Of(test.Traffic.Since(mark).Where(request =>
            !request.Path.Contains("/signal:", StringComparison.Ordinal) && !request.Searchable.Contains("\"~streams\"", StringComparison.Ordinal)));
    }

    public static void AssertIs(IReadOnlyList<string> database, int sent, Cost cost)
    {
        Assert.Equal(database.Order(), cost.Database.Order());
        Assert.Equal(sent, cost.Sent);
    }

    public int Count(string operation) => Database.Count(of => of == operation);
}

/// <summary>A system that is warm: what the database's SDK and the providers ask once in the life of a process is asked already.</summary>
public sealed class BudgetCloud : IAsyncLifetime
{
    internal TestCloud Test { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // As in a tenant that works all day: that it has no streams is known.
        Test = await TestCloud.StartAsync(new TestCloudOptions { Settings = new Dictionary<string, string> { ["Signals__NoStreamsSeconds"] = "200" } });
        var user = await Test.NewUserAsync(phones: 2);
        await Test.StatusAsync(user.Signer(0));
        await Test.Admin().AskAsync("users?pageSize=1");
        await Test.RestoreAsync(user.NewSigner(), user.DidKey());
        await Test.UnregisteredAsync(user);
        await Test.AtRestAsync(user);
    }

    public ValueTask DisposeAsync() => Test.DisposeAsync();

    /// <summary>What an act costs until it is answered.</summary>
    internal async Task<Cost> CostAsync(Func<Task> act)
    {
        var mark = Test.Traffic.Mark;
        await act();
        return Cost.Of(Test.Traffic.Since(mark));
    }

    /// <summary>What a test left to do is done before the next one counts.</summary>
    internal async ValueTask AtRestAsync()
    {
        await Test.Cloud.ServiceBus.WaitUntilIdleAsync(CancellationToken.None).WaitAsync(TestCloud.Patience);
        await Task.WhenAll(Test.Cloud.Apns.DeliveredAsync(), Test.Cloud.Fcm.DeliveredAsync()).WaitAsync(TestCloud.Patience);
    }
}
