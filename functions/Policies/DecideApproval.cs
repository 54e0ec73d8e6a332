using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Policies;

/// <summary>A second administrator agrees to what another one asked for, or refuses it. What was decided stays.</summary>
internal sealed class DecideApproval(IdentityStore identities, TimeProvider time)
{
    /// <inheritdoc cref="DecideApproval"/>
    /// <param name="context">The request.</param>
    /// <param name="approvalId">What was asked for.</param>
    /// <param name="request">What is decided.</param>
    /// <param name="administrator">Who decides; requests of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(DecideApproval))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [RecentSignIn]
    [ProducesResponseType<ApprovalDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.NotSecondPerson, ProblemCodes.ApprovalEnded)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "approvals/{approvalId}/decision")] HttpContext context,
        string approvalId,
        DecideApprovalRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        if (AccessTokens.IsOfApp(context.User))
        {
            return Problems.Of(ProblemCodes.NotSecondPerson, "An application is no second person: an administrator has to decide. Nothing was decided.");
        }

        var found = await identities.TenantFirstAsync<ApprovalPlace>(
            administrator.TenantId,
            "SELECT c.userId FROM c WHERE c.tenantId = @tenantId AND c.type = 'approval' AND c.approvalId = @approvalId",
            [("@approvalId", approvalId)],
            most: 1,
            cancellationToken);
        if (found is not [var place, ..])
        {
            return Problems.NotFound("request for approval");
        }

        var key = new UserKey(administrator.TenantId, place.UserId);
        if (key.IsOfTenant && DepartmentScope.OfCall is not null)
        {
            return Problems.NotFound("request for approval");
        }

        var result = await identities.UpdateAsync(
            key,
            stop => identities.ReadAsync<ApprovalDocument>(key, ApprovalDocument.IdOf(approvalId), stop),
            (approval, attempt) => Decide(approval, attempt, request, administrator),
            cancellationToken);
        return result.Value ?? Problems.TooManyConflicts();
    }

    private IResult Decide(ApprovalDocument? approval, UpdateAttempt attempt, DecideApprovalRequest request, Administrator administrator)
    {
        if (approval is null)
        {
            return Problems.NotFound("request for approval");
        }

        var (now, person) = (time.GetUtcNow(), administrator.AsApproving());
        if (approval.Hindrance(person, administrator.Roles) is { } hindrance)
        {
            return Problems.Of(ProblemCodes.NotSecondPerson, $"{hindrance} Nothing was decided.");
        }

        if (approval.DecidedBy is { } decided && decided.Is(person) && approval.IsApproved == request.Approve)
        {
            // Decided by the same request, whose answer was lost.
            return TypedResults.Ok(approval.ToDetails(administrator, now));
        }

        if (approval.StateAt(now) != ApprovalState.Pending)
        {
            return Problems.Of(ProblemCodes.ApprovalEnded, "It was decided before, or its time is over. Nothing was changed.");
        }

        var after = approval with { IsApproved = request.Approve, DecidedBy = person, DecidedAt = now, Note = request.Note };
        attempt.Batch
            .Write(after)
            .Create(approval.Key.Entry(
                now, administrator.Actor(), request.Approve ? AuditActions.ApprovalGranted : AuditActions.ApprovalDenied, approval.ApprovalId) with
            {
                Reason = request.Note,
                After = new Dictionary<string, string?> { ["summary"] = approval.Summary, ["requestedBy"] = approval.RequestedBy.Name },
            });
        return TypedResults.Ok(after.ToDetails(administrator, now));
    }

    private sealed record ApprovalPlace(string UserId);
}
