using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Users;

/// <summary>Lets a suspended user sign in and enroll again.</summary>
internal sealed class ReactivateUser(UserDirectory directory)
{
    /// <inheritdoc cref="ReactivateUser"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user. One who is not suspended stays as is.</param>
    /// <param name="request">Why.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ReactivateUser))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/reactivation")] HttpContext context,
        string userId,
        ReactivateUserRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var answer = await directory.ReactivateAsync(
            new UserKey(administrator.TenantId, userId), request.Reason, administrator.Actor(), cancellationToken);
        return answer.Fault == UserFault.None ? TypedResults.NoContent() : UserProblems.Of(answer.Fault);
    }
}
