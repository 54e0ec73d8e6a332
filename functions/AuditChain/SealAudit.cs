using System.Text.Json;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuditChain;

/// <summary>
/// Seals audit entries into their tenants' chains, soon after they were written. Creating block N + 1 is the guard between instances; before it
/// the entries of block N have its number, so that no entry is ever in two blocks.
/// </summary>
internal sealed partial class SealAudit(IdentityStore identities, AuditBreaks breaks, TimeProvider time, ILogger<SealAudit> logger)
{
    public const string Schedule = "*/30 * * * * *";

    private const int TenantsAtOnce = 4;

    private const int MarksAtOnce = 8;

    /// <summary>Entries that are looked at to find tenants with work.</summary>
    private const int MaxLook = 1_000;

    /// <summary>Blocks of one tenant until the others have had their turn.</summary>
    private const int MaxBlocks = 10;

    /// <summary>An entry that tells a time so long before what is sealed already was not written then.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);

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
            var sealedBlocks = 1;
            while (sealedBlocks > 0)
            {
                sealedBlocks = 0;
                await Parallel.ForEachAsync(await TenantsAsync(patience.Token), parallel, async (tenantId, stop) =>
                {
                    try
                    {
                        Interlocked.Add(ref sealedBlocks, await SealAsync(tenantId, stop));
                    }
                    catch (Exception exception) when (exception is not OperationCanceledException)
                    {
                        Log.Postponed(logger, exception, tenantId);
                    }
                });
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unfinished(logger);
        }
    }

    private async Task<HashSet<string>> TenantsAsync(CancellationToken cancellationToken) => await identities.EverywhereAsync<Unsealed>(
        "SELECT c.id, c.tenantId, c.userId FROM c WHERE c.type = 'audit' AND NOT IS_DEFINED(c.block)", [], cancellationToken)
        .Take(MaxLook)
        .Select(entry => entry.TenantId)
        .ToHashSetAsync(cancellationToken: cancellationToken);

    /// <returns>How many blocks were made.</returns>
    private async Task<int> SealAsync(string tenantId, CancellationToken cancellationToken)
    {
        var key = AuditChainDocument.KeyOf(tenantId);
        for (var made = 0; made < MaxBlocks; made++)
        {
            // Read before the entries are looked for: whoever seals in between makes the creation of the next block fail.
            var chain = await identities.ReadAsync<AuditChainDocument>(key, AuditChainDocument.DocumentId, cancellationToken);
            if (chain is { Marked: false })
            {
                await MarkAsync(chain, cancellationToken);
            }

            var entries = await identities.TenantFirstAsync<JsonElement>(
                tenantId,
                "SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND NOT IS_DEFINED(c.block) ORDER BY c.id",
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

        return MaxBlocks;
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
        // A time that is to come, by a wrong clock or a forger's hand, makes no later entry late.
        var latest = entries.Select(AtOf).Where(at => at <= now).Append(chain?.Watermark).Max();
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
            await FindHeadAsync(key, chain, cancellationToken);
            return false;
        }

        if (chain?.Watermark is { } watermark && entries.Any(entry => AtOf(entry) < watermark - Late))
        {
            await breaks.ReportAsync(key.TenantId, block.Number, AuditFaults.EntryLate, cancellationToken);
        }

        return true;
    }

    /// <summary>When nobody else moved the head, it was moved back or deleted: the chain goes on after its last block, and the break is told.</summary>
    private async Task FindHeadAsync(UserKey key, AuditChainDocument? known, CancellationToken cancellationToken)
    {
        var chain = await identities.ReadAsync<AuditChainDocument>(key, AuditChainDocument.DocumentId, cancellationToken);
        if (chain?.Number != known?.Number)
        {
            return;
        }

        var (last, _) = await identities.FirstPageAsync<AuditBlockDocument>(
            key, "SELECT * FROM c WHERE c.type = 'auditBlock' ORDER BY c.id DESC", [], 1, cancellationToken);
        if (last is not [var block, ..] || block.Number <= (chain?.Number ?? 0))
        {
            return;
        }

        var batch = identities.Begin(key);
        if (chain is null)
        {
            batch.Create(new AuditChainDocument
            {
                Id = AuditChainDocument.DocumentId,
                TenantId = key.TenantId,
                UserId = key.UserId,
                Number = block.Number,
                Hash = block.Hash!,
                SealedAt = block.SealedAt,
            });
        }
        else
        {
            batch.Patch(
                chain,
                PatchOperation.Set("/number", block.Number),
                PatchOperation.Set("/hash", block.Hash),
                PatchOperation.Set("/sealedAt", block.SealedAt),
                PatchOperation.Set("/marked", false));
        }

        if (await batch.CommitAsync(cancellationToken) == BatchResult.Committed)
        {
            await breaks.ReportAsync(key.TenantId, block.Number, AuditFaults.HeadChanged, cancellationToken);
        }
    }

    /// <summary>Gives the entries of the last block its number. Doing it again changes nothing.</summary>
    private async Task MarkAsync(AuditChainDocument chain, CancellationToken cancellationToken)
    {
        if (await identities.ReadAsync<AuditBlockDocument>(chain.Key, AuditBlockDocument.IdOf(chain.Number), cancellationToken) is { } block)
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = MarksAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(block.Entries, parallel, async (entry, stop) => await identities.TryPatchAsync(
                new UserKey(chain.TenantId, entry.UserId),
                entry.Id,
                "FROM c WHERE NOT IS_DEFINED(c.block)",
                [PatchOperation.Set("/block", chain.Number)],
                stop));
        }

        await identities.TryPatchAsync(
            chain.Key, chain.Id, $"FROM c WHERE c.number = {chain.Number}", [PatchOperation.Set("/marked", true)], cancellationToken);
    }

    private static DateTimeOffset? AtOf(JsonElement entry) =>
        entry.TryGetProperty("at", out var at) && at.ValueKind == JsonValueKind.String && at.TryGetDateTimeOffset(out var time) ? time : null;

    private static long? UntilOf(JsonElement entry) =>
        AtOf(entry) is { } at && entry.TryGetProperty("ttl", out var ttl) && ttl.ValueKind == JsonValueKind.Number && ttl.TryGetInt64(out var seconds)
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
