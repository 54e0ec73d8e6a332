using Azure;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuditChain;

/// <summary>
/// Checks the chains, over and over, each in portions: every block follows the one before, every entry of a block is there as it was unless its
/// time is over, nothing says that it is sealed which is not, and the signed roots say the same. A break is an alert.
/// </summary>
internal sealed partial class VerifyAudit(
    IdentityStore identities, BlockCheck blocks, IRootStore store, AuditBreaks breaks, TimeProvider time, ILogger<VerifyAudit> logger)
{
    public const string Schedule = "15 */5 * * * *";

    private const int AtOnce = 4;

    /// <summary>Blocks of one tenant that one run checks.</summary>
    private const int Portion = 20;

    [Function(nameof(VerifyAudit))]
    public Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        identities.EverywhereAsync<AuditChainDocument>("SELECT * FROM c WHERE c.type = 'auditChain'", [], cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (chain, stop) =>
        {
            try
            {
                await CheckAsync(chain, stop);
            }
            catch (Exception exception) when (exception is CosmosException or RequestFailedException or IOException or UnauthorizedAccessException)
            {
                Log.Postponed(logger, exception, chain.TenantId);
            }
        });

    private async Task CheckAsync(AuditChainDocument chain, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var check = chain.Check ?? new AuditCheck();
        var started = check.StartedAt ?? now;

        // The entries of the last block may not have its number yet.
        var last = chain.Marked ? chain.Number : chain.Number - 1;
        var end = Math.Min(last, check.Next + Portion - 1);
        var kept = await store.ListAsync(chain.TenantId, cancellationToken).ToHashSetAsync(cancellationToken: cancellationToken);
        var (previous, found) = (check.Previous, new List<(long Number, string Fault)>());
        for (var number = check.Next; number <= end; number++)
        {
            var (hash, faults) = await blocks.CheckAsync(chain.TenantId, number, previous, kept.Contains(number), cancellationToken);
            found.AddRange(faults.Select(fault => (number, fault)));
            previous = hash;
        }

        var isWhole = end >= last;
        if (isWhole)
        {
            found.AddRange((await EndAsync(chain, kept, last, previous, cancellationToken)).Select(fault => (chain.Number, fault)));
        }

        foreach (var (number, fault) in found.Distinct())
        {
            await breaks.ReportAsync(chain.TenantId, number, fault, cancellationToken);
        }

        var next = isWhole
            ? new AuditCheck(CompletedAt: now, CompletedTo: last)
            : check with { Next = end + 1, Previous = previous, StartedAt = started };
        await SaveAsync(chain, next, isWhole ? started : null, cancellationToken);
    }

    /// <summary>What is wrong at the end of the chain.</summary>
    private async Task<List<string>> EndAsync(
        AuditChainDocument chain, HashSet<long> kept, long last, string? lastHash, CancellationToken cancellationToken)
    {
        var beyond = await identities.TenantFirstAsync<long>(
            chain.TenantId,
            "SELECT VALUE c.block FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND c.block > @number",
            [("@number", chain.Number)],
            AuditBlockDocument.MaxEntries,
            cancellationToken);

        var foreign = await identities.TenantFirstAsync<string>(
            chain.TenantId,
            "SELECT VALUE c.id FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND IS_DEFINED(c.block) AND (NOT IS_NUMBER(c.block) OR c.block <= 0)",
            [],
            most: 1,
            cancellationToken);

        // Read again: the chain may have grown while it was checked.
        var now = await identities.ReadAsync<AuditChainDocument>(chain.Key, AuditChainDocument.DocumentId, cancellationToken);
        var faults = new List<string>();
        if (foreign.Count > 0)
        {
            faults.Add(AuditFaults.EntryForeign);
        }

        if (now is null || beyond.Any(block => block > now.Number) || kept.Any(block => block > now.Number) || now.Signed > now.Number || now.Number < chain.Number)
        {
            faults.Add(AuditFaults.ChainCut);
        }

        if (last == chain.Number && lastHash is not null && lastHash != chain.Hash)
        {
            faults.Add(AuditFaults.HeadChanged);
        }

        return faults;
    }

    /// <summary>Writes down how far the check came. What a check of the whole chain did not find any more was repaired; a late entry stays late.</summary>
    private async Task SaveAsync(AuditChainDocument chain, AuditCheck check, DateTimeOffset? wholeSince, CancellationToken cancellationToken)
    {
        if (await identities.ReadAsync<AuditChainDocument>(chain.Key, AuditChainDocument.DocumentId, cancellationToken) is not { } now)
        {
            return;
        }

        var batch = identities.Begin(chain.Key);
        AuditBreak[] left = [.. now.Breaks.Where(known => wholeSince is null || known.SeenAt >= wholeSince || known.Fault == AuditFaults.EntryLate)];
        batch = left.Length < now.Breaks.Count
            ? batch.Patch(now, PatchOperation.Set("/check", check), PatchOperation.Set("/breaks", left))
            : batch.Patch(now, PatchOperation.Set("/check", check));

        // A conflict means that the chain grew: this portion is checked again.
        await batch.CommitAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The audit chain of tenant {TenantId} could not be checked; the next run tries again.")]
        public static partial void Postponed(ILogger logger, Exception exception, string tenantId);
    }
}
