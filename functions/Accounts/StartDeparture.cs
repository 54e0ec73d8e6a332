using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Accounts;

/// <summary>
/// The user leaves the organization: all accounts are removed from the applications. They ask for no sign-in any more from the moment of the
/// answer on, the rest is queued. Devices stay registered, and drop the accounts at their next check-in.
/// </summary>
internal sealed class StartDeparture(AccountRemovalRequests removals, SecondPerson second, TimeProvider time)
{
    /// <inheritdoc cref="StartDeparture"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">The typed phrase, and why.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="idempotencyKey">The same key gives the same operation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(StartDeparture))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.ConfirmationMismatch, ProblemCodes.NotFound, ProblemCodes.PlanStale, ProblemCodes.NoAccounts, ProblemCodes.Conflict,
        ProblemCodes.IdempotencyKeyReused, ProblemCodes.SecondPersonRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/departure")] HttpContext context,
        string userId,
        StartDepartureRequest request,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        if (request.Confirmation != ConfirmationPhrases.RemoveAccounts)
        {
            return OperationAnswers.ConfirmationMismatch(ConfirmationPhrases.RemoveAccounts);
        }

        var key = new UserKey(administrator.TenantId, userId);
        var removal = new AccountRemoval(
            RequestIds.For(key, administrator.Subject, idempotencyKey.Value, time.GetUtcNow()),
            administrator.Actor(),
            request.Reason,
            RequestIds.Fingerprint(nameof(StartDeparture), userId, request.Reason),
            time.GetUtcNow())
        {
            Kind = AccountScopeKind.All,
            PlanHash = request.PlanHash,
        };
        var demanded = await second.DemandForUserAsync(
            administrator,
            key,
            user => user.DepartureOperationId == removal.OperationId ? null : new GuardedAction(
                key,
                "remove-all-accounts",
                AdminPolicies.UsersManage,
                $"Remove all accounts of {user.GivenName} {user.FamilyName}, who leaves the organization",
                request.Reason,
                RequestIds.Fingerprint(removal.Fingerprint, user.DepartureOperationId)),
            cancellationToken);
        return demanded ?? await removals.CommitAsync(context, key, removal, cancellationToken);
    }
}
