using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.AuditStreams;

/// <summary>
/// Sends sealed audit entries into the streams, in the order of each tenant's chain, each at least once: the tenant's cursor moves when the receiver took
/// what is before it. Tenants and streams do not wait for each other.
/// </summary>
internal sealed partial class StreamAudit(
    IdentityStore identities,
    AuditHeads heads,
    AuditBreaks breaks,
    StreamedBlocks blocks,
    IReadOnlyList<IAuditStream> streams,
    TimeProvider time,
    ILogger<StreamAudit> logger)
{
    public const string Schedule = "45 * * * * *";

    private const int TenantsAtOnce = 4;

    /// <summary>Requests for one tenant until the others have had their turn: ten blocks or so.</summary>
    private const int MaxRequests = 20;

    /// <summary>Tenants in a row that a receiver refused: then it is out, and the rest of them need not try in this run.</summary>
    private const int Out = 3;

    /// <summary>Looks at something that is missing or changed until it is said to be so, three minutes or more: a replica may be late.</summary>
    private const int Looks = 3;

    /// <summary>Failures in a row of one tenant, an hour or so, after which somebody should look, whatever the other tenants do.</summary>
    private const int Stuck = 8;

    /// <summary>How long a run may take; the next one continues.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    /// <summary>How old a block is when all replicas surely have its entries.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    [Function(nameof(StreamAudit))]
    public Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        Task.WhenAll(streams.Select(stream => RunAsync(stream, cancellationToken)));

    private async Task RunAsync(IAuditStream stream, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        var refused = 0;
        try
        {
            // One query for all tenants, so that those with nothing new cost nothing more. A place that cannot be read is met again where it is used.
            // Asked before the heads, so that none of them is behind a place by what another instance does meanwhile.
            var places = await identities.EverywhereAsync<AuditStreamDocument>(
                "SELECT * FROM c WHERE c.id = @id AND c.userId = '~audit'", [("@id", AuditStreamDocument.IdOf(stream.Name))], patience.Token)
                .ToDictionaryAsync(cursor => cursor.TenantId, cancellationToken: patience.Token);
            await Parallel.ForEachAsync(
                heads.EverywhereAsync(patience.Token),
                new ParallelOptions { MaxDegreeOfParallelism = TenantsAtOnce, CancellationToken = patience.Token },
                async (chain, stop) =>
                {
                    var place = places.GetValueOrDefault(chain.TenantId);
                    if (Volatile.Read(ref refused) >= Out || (place is not null && !IsDue(chain, place) && (!place.IsAstray(chain.Number) || IsWaiting(place))))
                    {
                        return;
                    }

                    switch (await TryStreamAsync(stream, chain, place, stop))
                    {
                        case true:
                            Volatile.Write(ref refused, 0);
                            break;
                        case false:
                            Interlocked.Increment(ref refused);
                            break;
                    }
                });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unfinished(logger, stream.Name);
        }
    }

    /// <summary>The last block of which every entry has its number.</summary>
    private static long LastOf(AuditChainDocument chain) => chain.Marked ? chain.Number : chain.Number - 1;

    private bool IsDue(AuditChainDocument chain, AuditStreamDocument cursor) => cursor.Block < LastOf(chain) && !IsWaiting(cursor);

    /// <summary>Nobody waits longer than the longest wait: a time that is further away was not set by the service.</summary>
    private bool IsWaiting(AuditStreamDocument cursor) =>
        cursor.NotBefore > time.GetUtcNow() && cursor.NotBefore <= time.GetUtcNow() + (2 * LongestWait);

    /// <inheritdoc cref="StreamAsync"/>
    private async Task<bool?> TryStreamAsync(IAuditStream stream, AuditChainDocument chain, AuditStreamDocument? place, CancellationToken cancellationToken)
    {
        try
        {
            return await StreamAsync(stream, chain, place, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Measures.AuditStreamed(stream.Name, exception is UnreadableDocumentException ? "stuck" : "failed", 1);
            Log.Postponed(logger, exception, chain.TenantId, stream.Name);
            return null;
        }
    }

    /// <returns>Whether the receiver took what it was sent last; null when it was sent nothing.</returns>
    private async Task<bool?> StreamAsync(IAuditStream stream, AuditChainDocument chain, AuditStreamDocument? place, CancellationToken cancellationToken)
    {
        var cursor = await identities.ReadAsync<AuditStreamDocument>(chain.Key, AuditStreamDocument.IdOf(stream.Name), cancellationToken)
            ?? (place is null ? AuditStreamDocument.Of(chain.TenantId, stream.Name) : throw new UnreadableDocumentException(place.Id));
        if (place?.IsAstray(chain.Number) == true && cursor.IsAstray(chain.Number))
        {
            if (await BroughtBackAsync(stream, chain, cursor, cancellationToken) is not { } first)
            {
                return null;
            }

            cursor = first;
        }

        var (block, answer) = ((StreamedBlock?)null, (bool?)null);
        for (var requests = 0; requests < MaxRequests && IsDue(chain, cursor); requests++)
        {
            block = block is { } known && known.Number == cursor.Block + 1 ? known : await blocks.ReadAsync(chain.TenantId, cursor.Block + 1, cancellationToken);
            if (block.IsDamaged && !IsSettled(block, cursor))
            {
                await SaveAsync(Failed(cursor, new StreamResult(0, "Something of the next block is missing or changed; it is read again.")), cancellationToken);
                return answer;
            }

            // A number that is not of one of its entries was not set by the service, or the block lost some: it is sent again.
            cursor = cursor.Sent >= 0 && cursor.Sent < block.Entries.Count ? cursor : cursor with { Sent = 0 };
            var result = await stream.SendAsync(chain.TenantId, [.. block.Entries.Skip(cursor.Sent)], cancellationToken);
            answer = result.Fault is null;
            Tell(stream, block, result, cursor);
            if (await SaveAsync(answer.Value ? Moved(cursor, block, result.Taken) : Failed(cursor, result), cancellationToken) is not { } moved || !answer.Value)
            {
                return answer;
            }

            cursor = moved;
        }

        return answer;
    }

    /// <summary>Sets a cursor that somebody moved past the end of the chain back to its beginning, so that nothing is left out, and tells it.</summary>
    /// <returns>The cursor; null when it is looked at again first, as a replica may be late.</returns>
    private async Task<AuditStreamDocument?> BroughtBackAsync(
        IAuditStream stream, AuditChainDocument chain, AuditStreamDocument cursor, CancellationToken cancellationToken)
    {
        if (cursor.Failures is >= 0 and < Looks)
        {
            await SaveAsync(Failed(cursor, new StreamResult(0, AuditStreamDocument.Astray)), cancellationToken);
            return null;
        }

        Log.Astray(logger, chain.TenantId, stream.Name, cursor.Block);
        await breaks.ReportAsync(chain.TenantId, chain.Number, AuditFaults.StreamMoved, cancellationToken);
        return await SaveAsync(cursor with { Block = 0, Sent = 0, Failures = 0, Fault = null, NotBefore = null }, cancellationToken);
    }

    private bool IsSettled(StreamedBlock block, AuditStreamDocument cursor) =>
        cursor.Failures >= Looks || block.SealedAt < time.GetUtcNow() - Settled;

    private AuditStreamDocument Moved(AuditStreamDocument cursor, StreamedBlock block, int taken)
    {
        var isWhole = cursor.Sent + taken >= block.Entries.Count;
        return cursor with
        {
            Block = isWhole ? block.Number : cursor.Block,
            Sent = isWhole ? 0 : cursor.Sent + taken,
            SentAt = time.GetUtcNow(),
            Failures = 0,
            Fault = null,
            NotBefore = null,
        };
    }

    private AuditStreamDocument Failed(AuditStreamDocument cursor, StreamResult result)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(cursor.Failures, 10));
        wait = result.RetryAfter > wait ? result.RetryAfter.Value : wait;
        return cursor with
        {
            Failures = cursor.Failures + 1,
            Fault = result.Fault,
            NotBefore = time.GetUtcNow() + (wait < LongestWait ? wait : LongestWait),
        };
    }

    /// <returns>The cursor as it is stored; null when another instance moved it: then that one goes on.</returns>
    private async Task<AuditStreamDocument?> SaveAsync(AuditStreamDocument cursor, CancellationToken cancellationToken)
    {
        var batch = identities.Begin(cursor.Key).Write(cursor);
        return await batch.CommitAsync(cancellationToken) == BatchResult.Committed ? cursor with { ETag = batch.ETagOf(cursor.Id) } : null;
    }

    private void Tell(IAuditStream stream, StreamedBlock block, StreamResult result, AuditStreamDocument cursor)
    {
        if (result.Fault is { } fault)
        {
            Measures.AuditStreamed(stream.Name, cursor.Failures < Stuck ? "failed" : "stuck", 1);
            Log.Refused(logger, cursor.TenantId, stream.Name, fault);
        }
        else
        {
            Measures.AuditStreamed(stream.Name, "sent", result.Taken, time.GetUtcNow() - block.SealedAt);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The audit of tenant {TenantId} could not be streamed ({Stream}); a later run tries again.")]
        public static partial void Postponed(ILogger logger, Exception exception, string tenantId, string stream);

        [LoggerMessage(2, LogLevel.Warning, "The audit of tenant {TenantId} was not taken ({Stream}), and is sent again later: {Fault}")]
        public static partial void Refused(ILogger logger, string tenantId, string stream, string fault);

        [LoggerMessage(4, LogLevel.Error, "The audit of tenant {TenantId} is sent again from its first block ({Stream}): its place was changed to block {Block}, which is not in the chain.")]
        public static partial void Astray(ILogger logger, string tenantId, string stream, long block);

        [LoggerMessage(3, LogLevel.Warning, "Not all of the audit could be streamed in time ({Stream}); the next run continues.")]
        public static partial void Unfinished(ILogger logger, string stream);
    }
}
