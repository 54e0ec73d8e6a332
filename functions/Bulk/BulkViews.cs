using BlokSec.Contracts;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Bulk;

/// <summary>What administrators see of a bulk operation.</summary>
internal static class BulkViews
{
    public static BulkOperationDetails ToDetails(this BulkDocument operation, BulkOptions options) => new(
        operation.BulkOperationId,
        operation.Kind,
        operation.Status,
        operation.CreatedAt,
        operation.RequestedBy.Name.Shown(),
        new BulkPlan(
            operation.Plan.Hash,
            operation.Phrase,
            operation.Plan.Users,
            operation.Plan.Devices,
            operation.Plan.Accounts,
            operation.Plan.LockedOut,
            operation.Plan.Skipped,
            operation.Plan.Unreadable,
            operation.Plan.AdministratorCount,
            [.. operation.Plan.Administrators.Select(name => name.Shown())],
            operation.Plan.IncludesRequester),
        new BulkProgress(operation.Progress.Done, operation.Progress.Skipped, operation.Progress.Failed, operation.Progress.Devices),
        options.UsersPerSecond,
        operation.UpdatedAt.AddSeconds(BulkDocument.RetentionSeconds))
    {
        Filter = operation.Filter,
        Devices = operation.Devices,
        Reason = operation.Reason?.Shown(),
        StartedBy = operation.StartedBy?.Name.Shown(),
        StartedAt = operation.StartedAt,
        FinishedAt = operation.FinishedAt,
        StartUntil = operation.StartUntil(),
        Problem = operation.Problem,
    };

    public static BulkUserDetails ToDetails(this BulkUser user) => new(
        user.UserId,
        user.Name.Shown(),
        user.Email.Shown(),
        user.Devices,
        user.Accounts,
        user.IsLockedOut,
        user.IsAdministrator,
        user.Result,
        user.OperationIds,
        user.Code,
        user.Detail,
        user.At);
}
