using System.ComponentModel;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Users;

/// <summary>Edits a user's profile.</summary>
internal sealed class ChangeUser(UserDirectory directory, SecondPerson second)
{
    private const int MaxExternalId = 200;

    /// <inheritdoc cref="ChangeUser"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">What changes.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="ifMatch">The user as the administrator saw it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ChangeUser))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(
        ProblemCodes.NotFound, ProblemCodes.EmailInUse, ProblemCodes.UserNameInUse, ProblemCodes.Conflict, ProblemCodes.PreconditionFailed,
        ProblemCodes.PreconditionRequired, ProblemCodes.OutOfScope, ProblemCodes.SecondPersonRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "users/{userId}")] HttpContext context,
        string userId,
        ChangeUserRequest request,
        Administrator administrator,
        [FromHeader(Name = "If-Match"), Description("The ETag of the user that was seen, or * for any. Needed.")] string? ifMatch,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(ifMatch))
        {
            return Problems.Of(ProblemCodes.PreconditionRequired, "Send If-Match with the ETag of the user you saw, or * for any.");
        }

        var mobile = request.Mobile is { Length: > 0 } typed ? MobileNumbers.Normalize(typed) : null;
        if (request.Mobile is { Length: > 0 } && mobile is null)
        {
            return Problems.InvalidRequest("mobile", MobileNumbers.Fault);
        }

        if (request.ExternalId is { Length: > 0 } externalId && DisplayText.Fault(externalId, MaxExternalId) is { } fault)
        {
            return Problems.InvalidRequest("externalId", fault);
        }

        if (request.Department is { Length: > 0 } department && DisplayText.Fault(DisplayTexts.Normalized(department), AdministratorScope.MaxDepartment) is { } ofDepartment)
        {
            return Problems.InvalidRequest("department", ofDepartment);
        }

        var key = new UserKey(administrator.TenantId, userId);
        var demanded = request.Email is { } email
            ? await DemandAsync(administrator, key, email, cancellationToken)
            : await second.RefuseHigherAsync(administrator, key, cancellationToken);
        if (demanded is not null)
        {
            return demanded;
        }

        var answer = await directory.ChangeAsync(
            key,
            ifMatch == "*" ? null : user => user.Version == ifMatch,
            user => Changed(user, request, mobile),
            administrator.Actor(),
            cancellationToken);
        if (answer is not { Fault: UserFault.None, User: { } changed })
        {
            return UserProblems.Of(answer.Fault);
        }

        context.Response.Headers[HeaderNames.ETag] = changed.Version;
        return TypedResults.NoContent();
    }

    /// <summary>By the address a user is known to be an administrator: without it, the account would not be protected any more.</summary>
    private Task<IResult?> DemandAsync(Administrator administrator, UserKey key, string email, CancellationToken cancellationToken) =>
        second.DemandForUserAsync(
            administrator,
            key,
            user => new GuardedAction(
                key,
                "change-address",
                AdminPolicies.UsersManage,
                $"Change the email address of {user.GivenName} {user.FamilyName} from {user.Email} to {email}",
                Reason: null,
                RequestIds.Fingerprint(user.Version, email)),
            cancellationToken);

    private static UserDocument Changed(UserDocument user, ChangeUserRequest request, string? mobile) => user with
    {
        GivenName = request.GivenName ?? user.GivenName,
        FamilyName = request.FamilyName ?? user.FamilyName,
        Email = request.Email ?? user.Email,
        Mobile = request.Mobile is null ? user.Mobile : mobile,
        // Who signs in by the address goes on doing so.
        UserName = request.Email is not null && user.UserName == user.Email ? request.Email : user.UserName,
        ExternalId = request.ExternalId switch
        {
            null => user.ExternalId,
            "" => null,
            var given => given,
        },
        Department = request.Department is null ? user.Department : DisplayTexts.Normalized(request.Department),
    };
}
