using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Accounts;

/// <summary>Removes several accounts of a user, or all in an application. They ask for no sign-in any more from the moment of the answer on.</summary>
internal sealed class RemoveAccounts(AccountRemovalRequests removals, SecondPerson second, TimeProvider time)
{
    /// <inheritdoc cref="RemoveAccounts"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">The typed phrase, which accounts, and why.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="idempotencyKey">The same key gives the same operation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RemoveAccounts))]
    [Authorize(AdminPolicies.ApplicationsManage)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.ConfirmationMismatch, ProblemCodes.NotFound, ProblemCodes.NoAccounts, ProblemCodes.Conflict, ProblemCodes.IdempotencyKeyReused,
        ProblemCodes.SecondPersonRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/accounts/removal")] HttpContext context,
        string userId,
        RemoveAccountsRequest request,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        if (request.Confirmation != ConfirmationPhrases.RemoveAccounts)
        {
            return OperationAnswers.ConfirmationMismatch(ConfirmationPhrases.RemoveAccounts);
        }

        var key = new UserKey(administrator.TenantId, userId);
        var accountIds = request.AccountIds?.Distinct().Order(StringComparer.Ordinal).ToArray();
        var removal = new AccountRemoval(
            RequestIds.For(key, administrator.Subject, idempotencyKey.Value, time.GetUtcNow()),
            administrator.Actor(),
            request.Reason,
            RequestIds.Fingerprint([nameof(RemoveAccounts), userId, request.Reason, request.ApplicationId, .. accountIds ?? []]),
            time.GetUtcNow())
        {
            Kind = accountIds is null ? AccountScopeKind.Application : AccountScopeKind.Accounts,
            ApplicationId = request.ApplicationId,
            AccountIds = accountIds,
        };
        var demanded = await second.DemandForUserAsync(
            administrator,
            key,
            user => new GuardedAction(
                key,
                "remove-accounts",
                AdminPolicies.ApplicationsManage,
                accountIds is null
                    ? $"Remove the accounts of {user.GivenName} {user.FamilyName} in application {request.ApplicationId}"
                    : $"Remove {accountIds.Length} accounts of {user.GivenName} {user.FamilyName}",
                request.Reason,
                removal.Fingerprint),
            cancellationToken);
        return demanded ?? await removals.CommitAsync(context, key, removal, cancellationToken);
    }
}
