using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;

namespace BlokSec.Functions.Tests.Budgets;

/// <summary>
/// What the app has read by queries and still holds. It is looked at each time the app asks for another page, when all that nobody can
/// reach any more was collected: so it is a count of objects, not an amount of memory.
/// </summary>
internal sealed class Holdings
{
    private readonly Lock gate = new();
    private readonly List<WeakReference> handedOut = [];

    /// <summary>Documents read since the last <see cref="Forget"/>.</summary>
    public int Read { get; private set; }

    /// <summary>How many of them were held at once, at most.</summary>
    public int Most { get; private set; }

    /// <summary>Stands between the app and its database, which stays the real one.</summary>
    public void Watch(IServiceCollection services) => services.AddSingleton(provider =>
    {
        var options = provider.GetRequiredService<IOptions<IdentitiesOptions>>().Value;
        return Watched(provider.GetRequiredService<CosmosClient>().GetContainer(options.Database, options.Container));
    });

    public void Forget()
    {
        lock (gate)
        {
            handedOut.Clear();
            (Read, Most) = (0, 0);
        }
    }

    private Container Watched(Container database)
    {
        var mock = new Mock<Container>(MockBehavior.Strict);
        mock.Setup(container => container.GetItemQueryIterator<It.IsAnyType>(
                It.IsAny<QueryDefinition>(), It.IsAny<string>(), It.IsAny<QueryRequestOptions>()))
            .Returns(new InvocationFunc(call => Activator.CreateInstance(
                typeof(Pages<>).MakeGenericType(call.Method.GetGenericArguments()), call.Method.Invoke(database, [.. call.Arguments]), this)!));
        mock.Setup(container => container.ReadItemStreamAsync(
                It.IsAny<string>(), It.IsAny<PartitionKey>(), It.IsAny<ItemRequestOptions>(), It.IsAny<CancellationToken>()))
            .Returns(database.ReadItemStreamAsync);
        mock.Setup(container => container.CreateTransactionalBatch(It.IsAny<PartitionKey>())).Returns(database.CreateTransactionalBatch);
        return mock.Object;
    }

    private void Look()
    {
        GC.Collect();
        lock (gate)
        {
            Most = Math.Max(Most, handedOut.Count(document => document.IsAlive));
        }
    }

    private void HandOut<T>(IReadOnlyCollection<T> page)
    {
        lock (gate)
        {
            Read += page.Count;
            if (!typeof(T).IsValueType)
            {
                handedOut.AddRange(page.Select(document => new WeakReference(document)));
            }
        }
    }

    private sealed class Pages<T>(FeedIterator<T> pages, Holdings holdings) : FeedIterator<T>
    {
        public override bool HasMoreResults => pages.HasMoreResults;

        public override async Task<FeedResponse<T>> ReadNextAsync(CancellationToken cancellationToken = default)
        {
            // Lets the caller's stack go, which could hold what the caller does not.
            await Task.Yield();
            holdings.Look();
            var page = await pages.ReadNextAsync(cancellationToken);
            holdings.HandOut([.. page]);
            return page;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                pages.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

/// <summary>A system in which a test sees what the app holds.</summary>
public sealed class HoldingsCloud : IAsyncLifetime
{
    internal Holdings Holdings { get; } = new();

    internal Infrastructure.TestCloud Test { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Test = await Infrastructure.TestCloud.StartAsync(new Infrastructure.TestCloudOptions { Configure = Holdings.Watch });

    public ValueTask DisposeAsync() => Test.DisposeAsync();
}
