using System.Collections.Concurrent;
using System.Text.Json;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuditChain;

/// <summary>
/// Seals audit entries into their tenants' chains, soon after they were written. Creating block N + 1 is the guard between instances; before it
/// the entries of block N have its number, so that no entry is ever in two blocks.
/// </summary>
internal sealed partial class SealAudit(
    IdentityStore identities, AuditHeads heads, AuditBreaks breaks, TimeProvider time, ILogger<SealAudit> logger)
{
    public const string Schedule = "*/30 * * * * *";

    private const int TenantsAtOnce = 4;

    private const int MarksAtOnce = 8;

    /// <summary>Looks for tenants with work in one run. Each leaves out tenants of which nothing more can be sealed in it, so that they are in nobody's way.</summary>
    private const int MaxLooks = 50;

    /// <summary>Blocks of one tenant until the others have had their turn.</summary>
    private const int MaxBlocks = 5;

    /// <summary>
    /// Blocks of all tenants that one run makes. What waits unsealed, such as all entries of before the chain, is worked through at this pace, so that it
    /// leaves the database to those who wait for it: 10,000 entries in 30 seconds.
    /// </summary>
    internal int MaxBlocksOfRun { get; set; } = 50;

    /// <summary>Entries that are looked at to find tenants with work.</summary>
    internal int MaxLook { get; set; } = 1_000;

    /// <summary>How long a run may take; the next one continues.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Function(nameof(SealAudit))]
    public async Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = TenantsAtOnce, CancellationToken = patience.Token };
        try
        {
            var all = 0;
            var done = new ConcurrentBag<string>();
            for (var looks = 0; looks < MaxLooks && all < MaxBlocksOfRun && await TenantsAsync([.. done], patience.Token) is { Count: > 0 } tenants; looks++)
            {
                await Parallel.ForEachAsync(tenants, parallel, async (tenantId, stop) =>
                {
                    if (Volatile.Read(ref all) >= MaxBlocksOfRun)
                    {
                        return;
                    }

                    var made = await TrySealAsync(tenantId, stop);
                    Interlocked.Add(ref all, made);
                    if (made == 0)
                    {
                        done.Add(tenantId);
                    }
                });
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unfinished(logger);
        }
    }

    private async Task<HashSet<string>> TenantsAsync(string[] done, CancellationToken cancellationToken) => await identities.EverywhereAsync<Unsealed>(
        "SELECT c.id, c.tenantId, c.userId FROM c WHERE c.type = 'audit' AND NOT IS_DEFINED(c.block) AND NOT ARRAY_CONTAINS(@done, c.tenantId)",
        [("@done", done)],
        cancellationToken)
        .Take(MaxLook)
        .Select(entry => entry.TenantId)
        .ToHashSetAsync(cancellationToken: cancellationToken);

    /// <returns>How many blocks were made; 0 when it failed, too.</returns>
    private async Task<int> TrySealAsync(string tenantId, CancellationToken cancellationToken)
    {
        try
        {
            return await SealAsync(tenantId, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Postponed(logger, exception, tenantId);
            return 0;
        }
    }

    /// <returns>How many blocks were made.</returns>
    private async Task<int> SealAsync(string tenantId, CancellationToken cancellationToken)
    {
        var key = AuditChainDocument.KeyOf(tenantId);
        for (var made = 0; made < Math.Min(MaxBlocks, MaxBlocksOfRun); made++)
        {
            // Read before the entries are looked for: whoever seals in between makes the creation of the next block fail.
            var (chain, isUnreadable) = await heads.ReadAsync(tenantId, cancellationToken);
            if (isUnreadable)
            {
                await breaks.ReportHeadAsync(tenantId, AuditFaults.HeadUnreadable, cancellationToken);
                return made;
            }

            if (chain is { Marked: false })
            {
                await MarkAsync(chain, cancellationToken);
            }

            var entries = await identities.TenantFirstAsync<JsonElement>(
                tenantId,
                "SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND NOT IS_DEFINED(c.block) AND IS_STRING(c.userId) ORDER BY c.id",
                [],
                AuditBlockDocument.MaxEntries,
                cancellationToken);
            if (entries.Count == 0)
            {
                return made;
            }

            if (!await SealAsync(key, chain, [.. entries.Take(AuditBlockDocument.MaxEntries)], cancellationToken))
            {
                return made;
            }
        }

        return Math.Min(MaxBlocks, MaxBlocksOfRun);
    }

    /// <returns>False when another instance was faster.</returns>
    private async Task<bool> SealAsync(UserKey key, AuditChainDocument? chain, JsonElement[] entries, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var block = new AuditBlockDocument
        {
            Id = AuditBlockDocument.IdOf((chain?.Number ?? 0) + 1),
            TenantId = key.TenantId,
            UserId = key.UserId,
            Number = (chain?.Number ?? 0) + 1,
            Previous = chain?.Hash,
            SealedAt = now,
            Entries = [.. entries.Select(entry => new SealedEntry(
                IdentityStore.IdOf(entry), entry.GetProperty("userId").GetString()!, AuditHashes.OfEntry(entry), UntilOf(entry)))],
        };
        var hash = AuditHashes.OfBlock(JsonSerializer.SerializeToElement(block, Json.Documents));
        var latest = AuditTimes.Latest(chain?.Watermark, entries.Select(AuditTimes.Of), now);
        var batch = identities.Begin(key).Create(block with { Hash = hash });
        if (chain is null)
        {
            batch.Create(new AuditChainDocument
            {
                Id = AuditChainDocument.DocumentId,
                TenantId = key.TenantId,
                UserId = key.UserId,
                Number = block.Number,
                Hash = hash,
                SealedAt = now,
                Watermark = latest,
            });
        }
        else
        {
            batch.Patch(
                chain.Id,
                $"FROM c WHERE c.number = {chain.Number}",
                PatchOperation.Set("/number", block.Number),
                PatchOperation.Set("/hash", hash),
                PatchOperation.Set("/sealedAt", now),
                PatchOperation.Set("/watermark", latest),
                PatchOperation.Set("/marked", false));
        }

        if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict)
        {
            await heads.FindAsync(key, chain, cancellationToken);
            return false;
        }

        // Told at once; the check finds it again without the head, which whoever forges an entry can change, too.
        if (entries.Any(entry => AuditTimes.IsLate(AuditTimes.Of(entry), chain?.Watermark)))
        {
            await breaks.ReportAsync(key.TenantId, block.Number, AuditFaults.EntryLate, cancellationToken);
        }

        return true;
    }

    /// <summary>Gives the entries of the last block its number. Doing it again changes nothing.</summary>
    private async Task MarkAsync(AuditChainDocument chain, CancellationToken cancellationToken)
    {
        if (await LastAsync(chain, cancellationToken) is { } block)
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = MarksAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(block.Listed, parallel, async (entry, stop) => await identities.TryPatchAsync(
                new UserKey(chain.TenantId, entry.UserId),
                entry.Id,
                "FROM c WHERE NOT IS_DEFINED(c.block)",
                [PatchOperation.Set("/block", chain.Number)],
                stop));
        }

        await identities.TryPatchAsync(
            chain.Key, chain.Id, $"FROM c WHERE c.number = {chain.Number}", [PatchOperation.Set("/marked", true)], cancellationToken);
    }

    /// <returns>Null when the last block is gone or was made unreadable: the check tells it, and its entries are sealed again by the next one.</returns>
    private async Task<AuditBlockDocument?> LastAsync(AuditChainDocument chain, CancellationToken cancellationToken)
    {
        try
        {
            return await identities.ReadAsync<AuditBlockDocument>(chain.Key, AuditBlockDocument.IdOf(chain.Number), cancellationToken);
        }
        catch (UnreadableDocumentException)
        {
            return null;
        }
    }

    private static long? UntilOf(JsonElement entry) =>
        AuditTimes.Of(entry) is { } at && entry.TryGetProperty("ttl", out var ttl) && ttl.ValueKind == JsonValueKind.Number && ttl.TryGetInt64(out var seconds)
            ? at.ToUnixTimeSeconds() + seconds
            : null;

    /// <summary>Where an entry is, whatever else it is.</summary>
    private sealed record Unsealed : IdentityDocument
    {
        public override string Type => AuditDocument.DocumentType;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Audit entries of tenant {TenantId} could not be sealed; the next run continues.")]
        public static partial void Postponed(ILogger logger, Exception exception, string tenantId);

        [LoggerMessage(2, LogLevel.Warning, "Not all audit entries could be sealed in time; the next run continues.")]
        public static partial void Unfinished(ILogger logger);
    }
}
