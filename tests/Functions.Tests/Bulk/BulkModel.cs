using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Bulk;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Bulk;

/// <summary>Bulk operations as they are stored, for tests of lists.</summary>
internal static class BulkModel
{
    /// <summary>A bulk operation that was created so many minutes ago.</summary>
    public static BulkDocument Operation(this StoredTenant tenant, string bulkOperationId, int minutesAgo = 0) => new()
    {
        Id = BulkDocument.IdOf(bulkOperationId),
        TenantId = tenant.Tenant,
        UserId = BulkDocument.KeyOf(tenant.Tenant).UserId,
        BulkOperationId = bulkOperationId,
        Kind = BulkKind.Suspend,
        Status = BulkState.Succeeded,
        CreatedAt = tenant.Now.AddMinutes(-minutesAgo),
        UpdatedAt = tenant.Now,
        RequestedBy = new AuditActor(AuditActorKinds.Administrator, "alice", "Alice Adams"),
        Fingerprint = "",
        Plan = new PlanState(),
        Progress = ProgressState.None,
    };

    /// <summary>Portions of a bulk operation with users of these results.</summary>
    public static IEnumerable<BulkPortion> Portions(this StoredTenant tenant, string bulkOperationId, IReadOnlyList<IReadOnlyList<BulkResult>> results) =>
        results.Select((portion, number) => new BulkPortion
        {
            Id = BulkPortion.IdOf(bulkOperationId, number),
            TenantId = tenant.Tenant,
            UserId = BulkDocument.KeyOf(tenant.Tenant).UserId,
            Users =
            [
                .. portion.Select((result, index) => new BulkUser(UserOf(number, index), "Ada Byron", "ada@contoso.example", 1, 1, 1) { Result = result }),
            ],
        });

    public static string UserOf(int portion, int index) => string.Create(CultureInfo.InvariantCulture, $"user-{portion}-{index}");

    public static Task StoreBulkAsync(this StoredTenant tenant, params IEnumerable<IdentityDocument> documents) =>
        tenant.StoreAsync(BulkDocument.KeyOf(tenant.Tenant).UserId, documents);
}
