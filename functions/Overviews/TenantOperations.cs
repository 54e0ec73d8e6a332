using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Overviews;

/// <summary>Pages of a tenant's operations.</summary>
internal static class TenantOperations
{
    /// <summary>Begins the id of every operation.</summary>
    public static readonly string Begin = OperationDocument.IdOf("");

    public static Task<DocumentPage<OperationDocument>> OperationPageAsync(
        this IdentityStore identities, string tenantId, OperationFilter filter, int pageSize, string? after, CancellationToken cancellationToken) =>
        identities.ReadNewestAsync<OperationDocument>(
            tenantId, filter.Condition, filter.Parameters, "requestedAt", Begin, pageSize, after, cancellationToken);

    /// <summary>An operation as the list of the tenant shows it.</summary>
    public static TenantOperation ToTenantOperation(this OperationDocument operation, NamedUsers named, ResumeOptions options, DateTimeOffset now) => new(
        operation.Key.IsOfTenant ? null : named[operation.UserId], operation.ToDetails(), OperationFilter.IsStalled(operation, options, now));
}
