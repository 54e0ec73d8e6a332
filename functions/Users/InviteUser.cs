using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Claims;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Users;

/// <summary>Invites a person: the user and the first claim in one transaction.</summary>
internal sealed class InviteUser(UserDirectory directory, ClaimViews claims)
{
    /// <inheritdoc cref="InviteUser"/>
    /// <param name="context">The request.</param>
    /// <param name="request">Who is invited.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="idempotencyKey">The same key invites one person.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(InviteUser))]
    [Authorize(AdminPolicies.UsersManage)]
    [WithinScope]
    [ProducesResponseType<InvitedUser>(StatusCodes.Status201Created)]
    [ProducesResponseType<InvitedUser>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.EmailInUse, ProblemCodes.UserNameInUse, ProblemCodes.AccountExists, ProblemCodes.IdempotencyKeyReused, ProblemCodes.Conflict,
        ProblemCodes.OutOfScope)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users")] HttpContext context,
        InviteUserRequest request,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        var mobile = request.Mobile is null ? null : MobileNumbers.Normalize(request.Mobile);
        if (request.Mobile is not null && mobile is null)
        {
            return Problems.InvalidRequest("mobile", MobileNumbers.Fault);
        }

        var accounts = request.Accounts ?? [];
        if (accounts.Count > 0 && !administrator.ManagesApplications)
        {
            return Problems.Of(ProblemCodes.Forbidden, $"Giving accounts needs the role {AdminPolicies.ApplicationsManage}. Nobody was invited.");
        }

        if (DepartmentScope.OfCall is { } scope && !scope.Admits(request.Department))
        {
            return Problems.OutOfScope($"You may invite users of these departments only: {string.Join(", ", scope.Departments)}. Nobody was invited.");
        }

        var person = new NewUser(request.GivenName, request.FamilyName, request.Email, mobile)
        {
            ExternalId = request.ExternalId,
            Department = request.Department,
            Accounts = [.. accounts.Select(account => new NewAccount(account.ApplicationId, account.AccountName))],
        };
        var answer = await directory.CreateAsync(
            administrator.TenantId, person, administrator.Actor(), AuditActions.UserInvited, idempotencyKey.Value, extend: null, cancellationToken);
        if (answer is not { Fault: UserFault.None, User: { } user })
        {
            return UserProblems.Of(answer);
        }

        var invited = new InvitedUser(user.UserId, await claims.OfAsync(answer.Claim, administrator, cancellationToken));
        return answer.IsNew ? TypedResults.Created($"/api/users/{user.UserId}", invited) : TypedResults.Ok(invited);
    }
}
