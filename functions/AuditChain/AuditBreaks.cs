using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuditChain;

/// <summary>Tells of breaks of a chain: once in the audit, and in the log and as a metric as long as they are there.</summary>
internal sealed partial class AuditBreaks(IdentityStore identities, TimeProvider time, ILogger<AuditBreaks> logger)
{
    /// <summary>Breaks of a kind that are remembered; of further ones the log and the metric tell at each check.</summary>
    private const int MaxBreaks = 20;

    /// <summary>Tries to write a break down while the chain grows; what is told twice is one alert.</summary>
    private const int MaxAttempts = 8;

    /// <summary>Tells of a break. The log and the metric tell it at each check, whatever the database says of it; the audit once.</summary>
    public async Task ReportAsync(string tenantId, long number, string fault, CancellationToken cancellationToken)
    {
        Log.Broken(logger, tenantId, number, fault);
        Measures.SecurityEvent("audit-broken");
        for (var attempt = 0; attempt < MaxAttempts && !await TryReportAsync(tenantId, number, fault, cancellationToken); attempt++)
        {
        }
    }

    /// <returns>False when the chain moved meanwhile.</returns>
    private async Task<bool> TryReportAsync(string tenantId, long number, string fault, CancellationToken cancellationToken)
    {
        var key = AuditChainDocument.KeyOf(tenantId);
        var now = time.GetUtcNow();
        if (await identities.ReadAsync<AuditChainDocument>(key, AuditChainDocument.DocumentId, cancellationToken) is not { } chain)
        {
            return true;
        }

        var isKnown = chain.Breaks.Any(known => (known.Number, known.Fault) == (number, fault));
        if (!isKnown && chain.Breaks.Count(known => known.Fault == fault) >= MaxBreaks)
        {
            return true;
        }

        if (!isKnown)
        {
            await identities.TryRaiseAsync(
                key.Entry(now, AuditActor.System(nameof(VerifyAudit)), AuditActions.AuditBroken, string.Create(CultureInfo.InvariantCulture, $"block {number}")) with
                {
                    Reason = AuditFaults.Words(fault),
                    After = new Dictionary<string, string?> { ["fault"] = fault, ["block"] = number.ToString(CultureInfo.InvariantCulture) },
                },
                proof: null,
                cancellationToken);
        }

        AuditBreak[] breaks = isKnown
            ? [.. chain.Breaks.Select(known => (known.Number, known.Fault) == (number, fault) ? known with { SeenAt = now } : known)]
            : [.. chain.Breaks, new AuditBreak(number, fault, now, now)];

        return await identities.Begin(key).Patch(chain, PatchOperation.Set("/breaks", breaks)).CommitAsync(cancellationToken) == BatchResult.Committed;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The audit chain of tenant {TenantId} is broken at block {Number}: {Fault}.")]
        public static partial void Broken(ILogger logger, string tenantId, long number, string fault);
    }
}
