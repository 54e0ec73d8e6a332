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

    /// <summary>Tells of a chain without a head in which a break could be remembered: the log and the metric each time, the audit's alert of the day once.</summary>
    public async Task ReportHeadAsync(string tenantId, string fault, CancellationToken cancellationToken)
    {
        Log.Headless(logger, tenantId, fault);
        Measures.SecurityEvent("audit-broken");
        var key = AuditChainDocument.KeyOf(tenantId);
        if (!await IsToldAsync(key, fault, cancellationToken))
        {
            await identities.TryRaiseAsync(Alert(key, fault, fault), proof: null, cancellationToken);
        }
    }

    /// <summary>Whether the alert of the day, which may be of another break, names this one.</summary>
    private async Task<bool> IsToldAsync(UserKey key, string target, CancellationToken cancellationToken) =>
        await identities.ReadAsync<AlertDocument>(key, AlertDocument.IdOf(AuditActions.AuditBroken), cancellationToken) is { } alert
        && await identities.ReadAsync<AuditDocument>(key, alert.EntryId, cancellationToken) is { } entry
        && entry.Targets.Contains(target);

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
            var text = number.ToString(CultureInfo.InvariantCulture);
            var alert = Alert(key, fault, $"block {text}");
            alert = alert with { After = new Dictionary<string, string?>(alert.After!) { ["block"] = text } };
            await identities.TryRaiseAsync(alert, proof: null, cancellationToken);
        }

        AuditBreak[] breaks = isKnown
            ? [.. chain.Breaks.Select(known => (known.Number, known.Fault) == (number, fault) ? known with { SeenAt = now } : known)]
            : [.. chain.Breaks, new AuditBreak(number, fault, now, now)];

        return await identities.Begin(key).Patch(chain, PatchOperation.Set("/breaks", breaks)).CommitAsync(cancellationToken) == BatchResult.Committed;
    }

    private AuditDocument Alert(UserKey key, string fault, string target) =>
        key.Entry(time.GetUtcNow(), AuditActor.System(nameof(VerifyAudit)), AuditActions.AuditBroken, target) with
        {
            Reason = AuditFaults.Words(fault),
            After = new Dictionary<string, string?> { ["fault"] = fault },
        };

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "The audit chain of tenant {TenantId} is broken: {Fault}.")]
        public static partial void Headless(ILogger logger, string tenantId, string fault);

        [LoggerMessage(1, LogLevel.Error, "The audit chain of tenant {TenantId} is broken at block {Number}: {Fault}.")]
        public static partial void Broken(ILogger logger, string tenantId, long number, string fault);
    }
}
