using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Audit;

/// <summary>Makes audit entries; whoever changes something writes one in the same batch.</summary>
internal static class AuditEntries
{
    /// <summary>The partition of what happened to the audit itself.</summary>
    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, "audit");

    public static AuditActor Actor(this Administrator administrator) =>
        new(AuditActorKinds.Administrator, administrator.Subject, administrator.Name, administrator.Address, administrator.Agent);

    public static AuditDocument Entry(
        this UserKey key, DateTimeOffset at, AuditActor actor, string action, params IReadOnlyList<string> targets) => new()
        {
            // A version 7 UUID sorts by time, like the entries should.
            Id = $"audit:{Guid.CreateVersion7(at):N}",
            TenantId = key.TenantId,
            UserId = key.UserId,
            At = at,
            Actor = actor,
            Action = action,
            Targets = targets,
            TraceId = Activity.Current?.TraceId.ToString(),
        };

    /// <summary>Writes down that somebody exports something, before its first byte is sent.</summary>
    /// <param name="identities">The store.</param>
    /// <param name="entry">What is exported, and by whom.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">It was not written: nothing may be exported.</exception>
    public static async Task AuditExportAsync(this IdentityStore identities, AuditDocument entry, CancellationToken cancellationToken)
    {
        if (await identities.Begin(entry.Key).Create(entry).CommitAsync(cancellationToken) != BatchResult.Committed)
        {
            throw new TimeoutException("An export could not be written into the audit.");
        }
    }

    /// <summary>Writes down that somebody exports a list of the tenant, before its first byte is sent.</summary>
    /// <param name="identities">The store.</param>
    /// <param name="administrator">Who.</param>
    /// <param name="action">What is exported.</param>
    /// <param name="filter">What was asked for.</param>
    /// <param name="at">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">It was not written: nothing may be exported.</exception>
    public static Task AuditExportAsync(
        this IdentityStore identities,
        Administrator administrator,
        string action,
        Dictionary<string, string?> filter,
        DateTimeOffset at,
        CancellationToken cancellationToken) => identities.AuditExportAsync(
            KeyOf(administrator.TenantId).Entry(at, administrator.Actor(), action) with { After = filter }, cancellationToken);
}
