using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuditChain;

/// <summary>Signs the root of each chain that grew, and keeps it out of reach of the database. A run that is killed is repeated by the next one.</summary>
internal sealed partial class SignAuditRoots(
    IdentityStore identities, AuditHeads heads, AuditRoots roots, IRootStore store, AuditBreaks breaks, TimeProvider time, ILogger<SignAuditRoots> logger)
{
    public const string Schedule = "0 5 * * * *";

    private const int AtOnce = 4;

    [Function(nameof(SignAuditRoots))]
    public async Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        await SignAsync(cancellationToken);
        await LookForLostAsync(cancellationToken);
    }

    private Task SignAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        heads.EverywhereAsync(cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (chain, stop) =>
        {
            try
            {
                if (chain.Number > chain.Signed)
                {
                    await SignAsync(chain, stop);
                }
            }
            catch (Exception exception) when (!stop.IsCancellationRequested)
            {
                Log.Postponed(logger, exception, chain.TenantId);
            }
        });

    /// <summary>Looks for tenants of which roots are kept and no chain is there: one read of each.</summary>
    private Task LookForLostAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        store.TenantsAsync(cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (tenantId, stop) =>
        {
            try
            {
                if (await heads.ReadAsync(tenantId, stop) is { Chain: null, IsUnreadable: var isUnreadable })
                {
                    await breaks.ReportHeadAsync(tenantId, isUnreadable ? AuditFaults.HeadUnreadable : AuditFaults.ChainMissing, stop);
                }
            }
            catch (Exception exception) when (!stop.IsCancellationRequested)
            {
                Log.Postponed(logger, exception, tenantId);
            }
        });

    private async Task SignAsync(AuditChainDocument chain, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var root = await store.KeepAsync(chain.TenantId, chain.Number, roots.Sign(chain, now), cancellationToken);
        if (!roots.Matches(root, chain.TenantId, chain.Number, chain.Hash))
        {
            // An earlier root of this block says something else: it stays, and is the proof.
            await breaks.ReportAsync(chain.TenantId, chain.Number, AuditFaults.RootDiffers, cancellationToken);
        }

        var document = new AuditRootDocument
        {
            Id = AuditRootDocument.IdOf(chain.Number),
            TenantId = chain.TenantId,
            UserId = chain.UserId,
            Number = chain.Number,
            Jws = root,
        };

        // A conflict means that another instance signed it.
        await identities.Begin(chain.Key).Create(document).Patch(
            chain.Id,
            $"FROM c WHERE c.signed = {chain.Signed}",
            PatchOperation.Set("/signed", chain.Number),
            PatchOperation.Set("/signedAt", now),
            PatchOperation.Set("/root", AuditHashes.OfText(root)),
            PatchOperation.Set("/keyId", roots.KeyId)).CommitAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The root of the audit chain of tenant {TenantId} could not be signed or kept; the next run tries again.")]
        public static partial void Postponed(ILogger logger, Exception exception, string tenantId);
    }
}
