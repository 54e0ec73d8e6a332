using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Users;

/// <summary>Suspends a user: sign-ins and enrollments are refused from then on, nothing is reset.</summary>
internal sealed class SuspendUser(UserDirectory directory, SecondPerson second)
{
    /// <inheritdoc cref="SuspendUser"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user. One who is suspended already stays so, for the first reason.</param>
    /// <param name="request">Why.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SuspendUser))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.SecondPersonRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/suspension")] HttpContext context,
        string userId,
        SuspendUserRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        var demanded = await second.DemandForUserAsync(
            administrator,
            key,

            // Who is suspended stays so. The document's version, as who is reactivated is as before: an approval is for one suspension.
            user => user.Suspension is not null ? null : new GuardedAction(
                key, "suspend-user", AdminPolicies.UsersManage, $"Suspend {user.GivenName} {user.FamilyName}", request.Reason, user.ETag ?? user.Version),
            cancellationToken);
        if (demanded is not null)
        {
            return demanded;
        }

        var answer = await directory.SuspendAsync(
            key, request.Reason, administrator.Actor(), bulkOperationId: null, allows: null, cancellationToken);
        return answer.Fault == UserFault.None ? TypedResults.NoContent() : UserProblems.Of(answer.Fault);
    }
}
