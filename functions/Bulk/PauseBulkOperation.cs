using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Bulk;

/// <summary>Pauses a bulk operation: within a second or two no further user has a turn. The request is safe to repeat.</summary>
internal sealed class PauseBulkOperation(BulkCommands commands)
{
    /// <inheritdoc cref="PauseBulkOperation"/>
    /// <param name="context">The request.</param>
    /// <param name="bulkOperationId">The bulk operation.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(PauseBulkOperation))]
    [Authorize(AdminPolicies.DevicesManage)]
    [WithinScope]
    [ProducesResponseType<BulkOperationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "bulk-operations/{bulkOperationId}/pause")] HttpContext context,
        string bulkOperationId,
        Administrator administrator,
        CancellationToken cancellationToken) =>
        commands.AnswerAsync(
            administrator,
            bulkOperationId,
            AuditActions.BulkPaused,
            static _ => null,
            static (operation, now) => operation.Pause(now),
            static operation => operation.Status == BulkState.Paused,
            cancellationToken);
}
