using System.Collections.Concurrent;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.AuditChain;

/// <summary>Runs of a timer that end in the middle.</summary>
internal static class KilledRun
{
    private static readonly string[] Asked = ["cosmos", "eventgrid"];

    /// <summary>
    /// Runs it for some tenants at once so that of the first none of its requests is served, of the second its first one, of the next its first two, and so
    /// on, and none after them, as if the process died there.
    /// </summary>
    /// <param name="test">The system.</param>
    /// <param name="tenants">The tenants: more than the run makes requests for one, so that nothing happens to the last of them.</param>
    /// <param name="run">Runs it.</param>
    /// <returns>How many requests the run makes for a tenant.</returns>
    public static async Task<int> KilledAsync(this TestCloud test, IReadOnlyList<string> tenants, Func<Task> run)
    {
        var seen = new int[tenants.Count];
        var deaths = new ConcurrentBag<IDisposable>();
        Die(0);
        test.Traffic.Hook = (request, stage) =>
        {
            for (var index = 1; stage == FaultStage.After && index < tenants.Count; index++)
            {
                if (request.Searchable.Contains(tenants[index], StringComparison.Ordinal) && Interlocked.Increment(ref seen[index]) == index)
                {
                    Die(index);
                }
            }

            return Task.CompletedTask;
        };
        try
        {
            await run();
        }
        catch (Exception exception) when (exception is CosmosException or AggregateException or HttpRequestException)
        {
            // A process that dies tells nobody.
        }
        finally
        {
            test.Traffic.Hook = null;
            foreach (var death in deaths)
            {
                death.Dispose();
            }
        }

        Assert.True(seen[^1] < tenants.Count - 1, $"The last of {tenants.Count} tenants was killed, too, after {seen[^1]} requests.");
        return seen[^1];

        void Die(int index)
        {
            foreach (var standIn in Asked)
            {
                deaths.Add(test.Traffic.Add(new FaultRule { StandIn = standIn, Contains = tenants[index], Status = 500 }));
            }
        }
    }
}
