using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Audit;

/// <summary>Audit entries of a partition or a tenant, newest first, page by page.</summary>
internal static class AuditPages
{
    public const int MaxPageSize = 200;

    private const int DefaultPageSize = 50;

    /// <summary>Begins the id of every entry.</summary>
    private const string Begin = "audit:";

    /// <summary>Comes after the id of every entry.</summary>
    private const string End = "audit:~";

    /// <summary>How earlier versions called a phone.</summary>
    private const string EarlierPhone = "device";

    private static readonly AuditFilter Everything = AuditFilter.Read(new AuditQuery(null, null, null, null, null, null, null, null, null), out _)!;

    /// <summary>Reads a page of a partition; null when this list gave no such continuation.</summary>
    public static Task<AuditEntryList?> ReadAuditAsync(
        this IdentityStore identities, UserKey key, int? pageSize, string? continuation, CancellationToken cancellationToken) =>
        identities.ReadAuditAsync(key.TenantId, Everything with { UserId = key.UserId }, pageSize, continuation, cancellationToken);

    /// <summary>Reads a page of what the filter finds in the tenant; null when this list gave no such continuation.</summary>
    public static async Task<AuditEntryList?> ReadAuditAsync(
        this IdentityStore identities, string tenantId, AuditFilter filter, int? pageSize, string? continuation, CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeId(continuation, Begin, out var before))
        {
            return null;
        }

        var page = await identities.AuditPageAsync(tenantId, filter, pageSize ?? DefaultPageSize, before, cancellationToken);
        return new AuditEntryList([.. page.Documents.Select(Details)], Continuations.Encode(page.Next)) { Unreadable = page.Unreadable };
    }

    /// <summary>One query, inside the user's partition or inside the tenant's.</summary>
    /// <param name="identities">The store.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="filter">Which entries.</param>
    /// <param name="pageSize">How many.</param>
    /// <param name="before">The id of the last entry of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<DocumentPage<AuditDocument>> AuditPageAsync(
        this IdentityStore identities, string tenantId, AuditFilter filter, int pageSize, string? before, CancellationToken cancellationToken)
    {
        before ??= End;
        var condition = $"{filter.Condition} AND c.id < @before ORDER BY c.id DESC";
        (string, object)[] parameters = [.. filter.Parameters, ("@before", before)];
        return filter.UserId is { } userId
            ? identities.PageAsync<AuditDocument>(
                new UserKey(tenantId, userId), $"SELECT * FROM c WHERE {condition}", parameters, pageSize, before, cancellationToken)
            : identities.TenantPageAsync<AuditDocument>(
                tenantId, $"SELECT * FROM c WHERE c.tenantId = @tenantId AND {condition}", parameters, pageSize, before, IdentityStore.IdOf, cancellationToken);
    }

    /// <summary>How many entries the filter finds that are older than one.</summary>
    public static async Task<int> CountAuditAsync(
        this IdentityStore identities, string tenantId, AuditFilter filter, string before, CancellationToken cancellationToken)
    {
        var user = filter.UserId is null ? "" : " AND c.userId = @userId";
        return (await identities.TenantFirstAsync<int>(
            tenantId,
            $"SELECT VALUE COUNT(1) FROM c WHERE c.tenantId = @tenantId{user} AND {filter.Condition} AND c.id < @before",
            [.. filter.Parameters, ("@before", before), ("@userId", filter.UserId ?? "")],
            1,
            cancellationToken)).Single();
    }

    /// <summary>An entry as it is shown.</summary>
    public static AuditEntryDetails Details(AuditDocument entry) => new(
        entry.Id,
        entry.At,
        entry.Actor.Kind == EarlierPhone ? AuditActorKinds.Phone : entry.Actor.Kind,
        entry.Actor.Name.Shown(),
        entry.Action,
        entry.Targets,
        entry.OperationId,
        entry.Reason?.Shown(),
        entry.Before,
        entry.After,
        entry.Alert,
        entry.Actor.Id,
        entry.Actor.Address,
        entry.TraceId,
        entry.Count,
        entry.LastAt)
    {
        UserId = entry.Key.IsOfTenant ? null : entry.UserId,
        ActorAgent = entry.Actor.Agent?.Shown(),
    };
}
