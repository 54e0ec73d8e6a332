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
}
