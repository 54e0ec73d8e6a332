using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Users;

/// <summary>Suspends a user: sign-ins and enrollments are refused from then on, nothing is reset.</summary>
internal sealed class SuspendUser(UserDirectory directory)
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
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/suspension")] HttpContext context,
        string userId,
        SuspendUserRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var answer = await directory.SuspendAsync(
            new UserKey(administrator.TenantId, userId), request.Reason, administrator.Actor(), cancellationToken);
        return answer.Fault == UserFault.None ? TypedResults.NoContent() : UserProblems.Of(answer.Fault);
    }
}
