using System.Collections.Concurrent;
using BlokSec.Functions.Identities;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>
/// The streams of a tenant, all in one partition; the events of each stream have a partition of their own. That a tenant has none is remembered for
/// a moment, so that signals cost tenants without streams nearly nothing.
/// </summary>
internal sealed class TenantStreams(IdentityStore identities, IOptions<SignalOptions> options, TimeProvider time)
{
    private const int Remembered = 10_000;

    /// <summary>How long a call that is under way may use what was looked up before.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(2);

    /// <summary>By a clock that nobody sets.</summary>
    private readonly ConcurrentDictionary<string, long> without = new(StringComparer.Ordinal);
    private int creations;

    private TimeSpan NoneFor => TimeSpan.FromSeconds(options.Value.NoStreamsSeconds);

    /// <summary>The partition of a tenant's streams.</summary>
    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, "streams");

    /// <summary>The partition of a stream's events.</summary>
    public static UserKey EventsOf(string tenantId, string streamId) => UserKey.OfTenant(tenantId, $"stream-{streamId}");

    /// <summary>A stream; null when there is none in the tenant.</summary>
    public Task<StreamDocument?> FindAsync(string tenantId, string streamId, CancellationToken cancellationToken) =>
        identities.ReadAsync<StreamDocument>(KeyOf(tenantId), StreamDocument.IdOf(streamId), cancellationToken);

    /// <summary>A stream of a receiver; null when there is none, or it is another's.</summary>
    public async Task<StreamDocument?> FindAsync(Security.CallingApplication receiver, string? streamId, CancellationToken cancellationToken) =>
        IsId(streamId) && await FindAsync(receiver.TenantId, streamId!, cancellationToken) is { } stream && stream.ClientId == receiver.ClientId
            ? stream
            : null;

    /// <summary>All streams of a tenant.</summary>
    public Task<DocumentPage<StreamDocument>> AllAsync(string tenantId, CancellationToken cancellationToken) => identities.PageAsync<StreamDocument>(
        KeyOf(tenantId),
        "SELECT * FROM c WHERE c.type = 'stream' ORDER BY c.id",
        [],
        Math.Max(options.Value.MaxStreams, 100),
        StreamDocument.IdOf(""),
        cancellationToken);

    /// <summary>The streams that a signal is published to. The first stream of a tenant may be missing in other instances until <see cref="AddedAsync"/> ends.</summary>
    public async Task<IReadOnlyList<StreamDocument>> ToPublishAsync(string tenantId, CancellationToken cancellationToken)
    {
        if (KnowsNone(tenantId))
        {
            return [];
        }

        var (before, asked) = (Volatile.Read(ref creations), time.GetTimestamp());
        var streams = await AllAsync(tenantId, cancellationToken);
        if (streams is { Documents: [], Unreadable: 0 })
        {
            if (without.Count >= Remembered)
            {
                without.Clear();
            }

            without[tenantId] = asked;
            if (Volatile.Read(ref creations) != before)
            {
                // A stream may have been made since it was looked.
                without.TryRemove(tenantId, out _);
            }
        }

        return streams.Documents;
    }

    /// <summary>A stream was made. Ends when no instance remembers any more that there was none, so that a stream that its receiver knows of misses nothing.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="mayBeRemembered">Whether an instance may remember that the tenant has none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task AddedAsync(string tenantId, bool mayBeRemembered, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref creations);
        without.TryRemove(tenantId, out _);
        return mayBeRemembered ? Task.Delay(NoneFor + UnderWay, time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Whether the tenant had no stream a moment ago.</summary>
    public bool KnowsNone(string tenantId) => without.TryGetValue(tenantId, out var at) && time.GetElapsedTime(at) < NoneFor;

    /// <summary>Whether a text has the form of a stream's id.</summary>
    public static bool IsId(string? streamId) => streamId is { Length: 32 } && streamId.All(char.IsAsciiHexDigitLower);
}
