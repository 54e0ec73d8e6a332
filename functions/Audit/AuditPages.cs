using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Audit;

/// <summary>The audit entries of a partition, newest first, page by page.</summary>
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

    /// <summary>Reads a page; null when this list gave no such continuation.</summary>
    public static async Task<AuditEntryList?> ReadAuditAsync(
        this IdentityStore identities, UserKey key, int? pageSize, string? continuation, CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeId(continuation, Begin, out var before))
        {
            return null;
        }

        before ??= End;
        var page = await identities.PageAsync<AuditDocument>(
            key,
            "SELECT * FROM c WHERE c.type = 'audit' AND c.id < @before ORDER BY c.id DESC",
            [("@before", before)],
            pageSize ?? DefaultPageSize,
            before,
            cancellationToken);
        return new AuditEntryList([.. page.Documents.Select(Details)], Continuations.Encode(page.Next)) { Unreadable = page.Unreadable };
    }

    private static AuditEntryDetails Details(AuditDocument entry) => new(
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
        entry.LastAt);
}
