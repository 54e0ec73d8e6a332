using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Bulk;

/// <summary>Resumes a bulk operation that was paused, or that failed after it was started. The request is safe to repeat.</summary>
internal sealed class ResumeBulkOperation(BulkCommands commands, BulkStore store)
{
    /// <inheritdoc cref="ResumeBulkOperation"/>
    /// <param name="context">The request.</param>
    /// <param name="bulkOperationId">The bulk operation.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ResumeBulkOperation))]
    [Authorize(AdminPolicies.DevicesManage)]
    [WithinScope]
    [RecentSignIn]
    [ProducesResponseType<BulkOperationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.SecondPersonRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "bulk-operations/{bulkOperationId}/resume")] HttpContext context,
        string bulkOperationId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var seen = await store.ReadAsync(administrator.TenantId, bulkOperationId, cancellationToken);
        var isAgreed = await commands.IsDemandedAsync(seen, cancellationToken);
        if (seen is not null
            && IsHalted(seen)
            && BulkCommands.RoleRefusal(administrator, seen.Kind) is null
            && Check(seen) is null
            && await commands.DemandAsync(seen, "resume-bulk-operation", "Resume many at once", reason: null, administrator, cancellationToken) is { } demanded)
        {
            return demanded;
        }

        return await commands.AnswerAsync(
            administrator,
            bulkOperationId,
            AuditActions.BulkResumed,
            Check,
            (operation, now) => operation.Resume(isAgreed, now),
            static operation => operation.Status == BulkState.Running,
            cancellationToken);

        IResult? Check(BulkDocument found) => found switch
        {
            _ when !IsHalted(found) => null,
            _ when seen is null || !IsHalted(seen) || seen.Run != found.Run => Problems.Of(
                ProblemCodes.Conflict, "It moved at the same moment. Nothing was changed; try again."),
            { Plan.AdministratorCount: > 0 } when found.RequestedBy.Id != administrator.Subject => Problems.Of(
                ProblemCodes.Conflict, "Administrators are among the users: whoever planned it resumes it. Nothing was changed."),
            _ => null,
        };
    }

    private static bool IsHalted(BulkDocument operation) => operation is { Status: BulkState.Paused or BulkState.Failed, StartedAt: not null };
}
