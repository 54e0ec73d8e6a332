using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Bulk;

/// <summary>Stops a bulk operation for good: the users whose turn has not come stay untouched. The request is safe to repeat.</summary>
internal sealed class StopBulkOperation(BulkCommands commands)
{
    /// <inheritdoc cref="StopBulkOperation"/>
    /// <param name="context">The request.</param>
    /// <param name="bulkOperationId">The bulk operation.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(StopBulkOperation))]
    [Authorize(AdminPolicies.DevicesManage)]
    [WithinScope]
    [ProducesResponseType<BulkOperationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "bulk-operations/{bulkOperationId}/stop")] HttpContext context,
        string bulkOperationId,
        Administrator administrator,
        CancellationToken cancellationToken) =>
        commands.AnswerAsync(
            administrator,
            bulkOperationId,
            AuditActions.BulkStopped,
            static _ => null,
            static (operation, now) => operation.Stop(now),
            static operation => operation.Status == BulkState.Stopped,
            cancellationToken);
}
