using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

internal static class FeedReading
{
    /// <summary>All items of all pages.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(this FeedIterator<T> feed)
    {
        using (feed)
        {
            var items = new List<T>();
            while (feed.HasMoreResults)
            {
                items.AddRange(await feed.ReadNextAsync(TestContext.Current.CancellationToken));
            }

            return items;
        }
    }
}
