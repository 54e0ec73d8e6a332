using System.Text.Json;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuditChain;

/// <summary>
/// Checks the chains, over and over, each in portions: every block follows the one before, every entry of a block is there as it was unless its
/// time is over, and tells a time that can be, nothing says that it is sealed which is not, and the signed roots say the same. A break is an alert.
/// </summary>
internal sealed partial class VerifyAudit(
    IdentityStore identities, AuditHeads heads, BlockCheck blocks, IRootStore store, AuditBreaks breaks, TimeProvider time, ILogger<VerifyAudit> logger)
{
    public const string Schedule = "15 */5 * * * *";

    private const int AtOnce = 4;

    /// <summary>Blocks of one tenant that one run checks.</summary>
    private const int Portion = 20;

    [Function(nameof(VerifyAudit))]
    public Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        heads.TenantsAsync(cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (tenantId, stop) =>
        {
            try
            {
                await CheckAsync(tenantId, stop);
            }
            catch (Exception exception) when (!stop.IsCancellationRequested)
            {
                Log.Postponed(logger, exception, tenantId);
            }
        });

    private async Task CheckAsync(string tenantId, CancellationToken cancellationToken)
    {
        var (chain, isUnreadable) = await heads.ReadAsync(tenantId, cancellationToken);
        if (isUnreadable)
        {
            await breaks.ReportHeadAsync(tenantId, AuditFaults.HeadUnreadable, cancellationToken);
        }
        else if (chain is not null)
        {
            await CheckAsync(chain, cancellationToken);
        }
    }

    private async Task CheckAsync(AuditChainDocument chain, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var check = chain.Check ?? new AuditCheck(Roots: []);
        var started = check.StartedAt ?? now;

        // The entries of the last block may not have its number yet.
        var last = chain.Marked ? chain.Number : chain.Number - 1;
        var end = Math.Min(last, check.Next + Portion - 1);
        var kept = await store.ListAsync(chain.TenantId, check.Next, end, cancellationToken).ToHashSetAsync(cancellationToken: cancellationToken);
        var before = new BlocksBefore(check.Previous, check.Roots, check.Latest);
        for (var number = check.Next; number <= end; number++)
        {
            var block = await blocks.CheckAsync(chain.TenantId, number, before, kept.Contains(number), cancellationToken);
            await ReportAsync(chain.TenantId, number, block.Faults, cancellationToken);
            before = block.After;
        }

        var isWhole = end >= last;
        if (isWhole)
        {
            await ReportAsync(chain.TenantId, chain.Number, await EndAsync(chain, last, before.Hash, cancellationToken), cancellationToken);
        }

        var next = isWhole
            ? new AuditCheck(Roots: [], CompletedAt: now, CompletedTo: last)
            : check with { Next = end + 1, Previous = before.Hash, Roots = before.Roots, Latest = before.Latest, StartedAt = started };
        await SaveAsync(chain, next, isWhole ? started : null, cancellationToken);
    }

    /// <summary>Tells what was found before anything else is looked at, which may fail.</summary>
    private async Task ReportAsync(string tenantId, long number, IEnumerable<string> faults, CancellationToken cancellationToken)
    {
        foreach (var fault in faults)
        {
            await breaks.ReportAsync(tenantId, number, fault, cancellationToken);
        }
    }

    /// <summary>What is wrong at the end of the chain, and of entries that are in no block. Whatever stands where a number should is a fault, not a failure.</summary>
    private async Task<List<string>> EndAsync(
        AuditChainDocument chain, long last, string? lastHash, CancellationToken cancellationToken)
    {
        var beyond = await identities.TenantFirstAsync<JsonElement>(
            chain.TenantId,
            "SELECT VALUE c.block FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND c.block > @number",
            [("@number", chain.Number)],
            AuditBlockDocument.MaxEntries,
            cancellationToken);

        var foreign = await identities.TenantFirstAsync<string>(
            chain.TenantId,
            "SELECT VALUE c.id FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND (NOT IS_STRING(c.userId) OR (IS_DEFINED(c.block) AND (NOT IS_NUMBER(c.block) OR c.block <= 0)))",
            [],
            most: 1,
            cancellationToken);

        // Read again: the chain may have grown while it was checked.
        var now = await identities.ReadAsync<AuditChainDocument>(chain.Key, AuditChainDocument.DocumentId, cancellationToken);
        var faults = new List<string>();
        if (foreign.Count > 0 || beyond.Any(block => !block.TryGetInt64(out _)))
        {
            faults.Add(AuditFaults.EntryForeign);
        }

        if (now is null || beyond.Any(block => block.TryGetInt64(out var number) && number > now.Number) || now.Signed > now.Number || now.Number < chain.Number || await IsKeptBeyondAsync(now, cancellationToken))
        {
            faults.Add(AuditFaults.ChainCut);
        }

        if (last == chain.Number && lastHash is not null && lastHash != chain.Hash)
        {
            faults.Add(AuditFaults.HeadChanged);
        }

        return faults;
    }

    /// <summary>Whether a root is kept of a block after the last one: the one look at all of them, once in a check of the whole chain.</summary>
    private async Task<bool> IsKeptBeyondAsync(AuditChainDocument chain, CancellationToken cancellationToken) =>
        await store.ListAsync(chain.TenantId, cancellationToken).AnyAsync(block => block > chain.Number, cancellationToken);

    /// <summary>Writes down how far the check came. What a check of the whole chain did not find any more was repaired; a late entry stays late, and what
    /// happened to a stream happened.</summary>
    private async Task SaveAsync(AuditChainDocument chain, AuditCheck check, DateTimeOffset? wholeSince, CancellationToken cancellationToken)
    {
        if (await identities.ReadAsync<AuditChainDocument>(chain.Key, AuditChainDocument.DocumentId, cancellationToken) is not { } now)
        {
            return;
        }

        var batch = identities.Begin(chain.Key);
        AuditBreak[] left = [.. now.Breaks.Where(known => wholeSince is null || known.SeenAt >= wholeSince || AuditFaults.IsOfThePast(known.Fault))];
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
