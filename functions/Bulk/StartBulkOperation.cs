using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Bulk;

/// <summary>
/// Starts what was planned: the users of the plan have their turn one after the other, each with an operation of its own. Asked for again, it is the
/// same operation.
/// </summary>
internal sealed class StartBulkOperation(BulkCommands commands, BulkStore store, IOptions<BulkOptions> options, TimeProvider time)
{
    /// <inheritdoc cref="StartBulkOperation"/>
    /// <param name="context">The request.</param>
    /// <param name="bulkOperationId">The bulk operation.</param>
    /// <param name="request">The typed phrase with the plan's number, and why.</param>
    /// <param name="administrator">Who asks, and in whose name it is done.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(StartBulkOperation))]
    [Authorize(AdminPolicies.DevicesManage)]
    [WithinScope]
    [RecentSignIn]
    [ProducesResponseType<BulkOperationDetails>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<BulkOperationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.ConfirmationMismatch, ProblemCodes.PlanStale, ProblemCodes.Conflict, ProblemCodes.SecondPersonRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "bulk-operations/{bulkOperationId}/start")] HttpContext context,
        string bulkOperationId,
        StartBulkOperationRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var seen = await store.ReadAsync(administrator.TenantId, bulkOperationId, cancellationToken);
        var isAgreed = await commands.IsDemandedAsync(seen, cancellationToken);
        if (seen is { Status: BulkState.Planned }
            && BulkCommands.RoleRefusal(administrator, seen.Kind) is null
            && Check(seen) is null
            && await commands.DemandAsync(seen, "start-bulk-operation", "Many at once", request.Reason, administrator, cancellationToken) is { } demanded)
        {
            return demanded;
        }

        var (operation, isMoved, refusal) = await commands.MoveAsync(
            administrator,
            bulkOperationId,
            AuditActions.BulkStarted,
            Check,
            (found, now) => found.Start(administrator.Actor(), administrator.Roles, isAgreed, request.Reason, now),
            static found => found.StartedAt is not null,
            cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var address = context.RequestServices.GetRequiredService<PublicAddress>();
        context.Response.Headers["Operation-Location"] = $"{address.Url}/api/bulk-operations/{bulkOperationId}";
        var details = operation!.ToDetails(options.Value);
        return isMoved ? TypedResults.Accepted((string?)null, details) : TypedResults.Ok(details);

        IResult? Check(BulkDocument found) => found switch
        {
            { Status: BulkState.Planning } => null,
            { Status: BulkState.Planned } when seen is not { Status: BulkState.Planned } => Problems.Of(
                ProblemCodes.Conflict, "It was still being planned. Nothing was changed; look at the plan, then start it."),
            { Status: BulkState.Planned, Plan.Users: 0 } => Problems.Of(ProblemCodes.Conflict, "The plan concerns nobody. Nothing was changed."),
            _ when request.Confirmation != found.Phrase => OperationAnswers.ConfirmationMismatch(found.Phrase),
            { Plan.AdministratorCount: > 0 } when found.RequestedBy.Id != administrator.Subject => Problems.Of(
                ProblemCodes.Conflict, "Administrators are among the users: whoever planned it starts it. Nothing was changed; make a plan of your own."),
            _ when request.PlanHash != found.Plan.Hash || found.StartUntil() < time.GetUtcNow() => BulkProblems.PlanStale(),
            _ => null,
        };
    }
}
