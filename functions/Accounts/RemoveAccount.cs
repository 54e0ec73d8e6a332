using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using BlokSec.Functions.Signals;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Accounts;

/// <summary>Removes one account of a user: from the answer on, it cannot sign in.</summary>
internal sealed class RemoveAccount(IdentityStore identities, SecondPerson second, SignalDispatch signals, TimeProvider time)
{
    /// <inheritdoc cref="RemoveAccount"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RemoveAccount))]
    [Authorize(AdminPolicies.ApplicationsManage)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.SecondPersonRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{userId}/accounts/{accountId}")] HttpContext context,
        string userId,
        string accountId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        var demanded = await second.DemandForUserAsync(
            administrator,
            key,
            user => new GuardedAction(
                key,
                "remove-account",
                AdminPolicies.ApplicationsManage,
                $"Remove account {accountId} of {user.GivenName} {user.FamilyName}",
                Reason: null,
                RequestIds.Fingerprint(nameof(RemoveAccount), accountId)),
            cancellationToken);
        if (demanded is not null)
        {
            return demanded;
        }

        var result = await identities.UpdateAsync(
            key,
            stop => ReadAsync(key, accountId, stop),
            (snapshot, attempt) => Task.FromResult(Decide(snapshot, attempt.Batch, accountId, administrator)),
            known: null,
            AccountChanges.MaxAttempts,
            cancellationToken);
        if (result.IsWritten)
        {
            await signals.TryAsync(result.Value.Signal);
        }

        return result.Value.Answer ?? Problems.TooManyConflicts();
    }

    private async Task<PartitionSnapshot> ReadAsync(UserKey key, string accountId, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryFirstAsync(
            key,
            $"{AccountChanges.Concerned} OR (c.id = @account AND c.type = 'account')",
            [("@account", AccountDocument.IdOf(accountId))],
            AccountChanges.MaxConcerned,
            cancellationToken);
        await identities.RecoverUserAsync(snapshot, isReset: false, cancellationToken);
        return snapshot;
    }

    /// <summary>An account that cannot be read can be removed all the same.</summary>
    private (IResult? Answer, SignalDocument? Signal) Decide(PartitionSnapshot snapshot, PartitionBatch batch, string accountId, Administrator administrator)
    {
        if (snapshot.User is not { } user)
        {
            return (Problems.NotFound("user"), null);
        }

        var documentId = AccountDocument.IdOf(accountId);
        if (!snapshot.Has(documentId))
        {
            return (Problems.NotFound("account"), null);
        }

        var (now, actor, account) = (time.GetUtcNow(), administrator.Actor(), snapshot.Accounts.Find(account => account.Id == documentId));
        AccountChanges.Write(batch, user, snapshot.Devices, more: -1);
        AccountChanges.EndSignIns(batch, snapshot.AuthenticationRequests, (_, id) => id == accountId, now);
        AccountChanges.Remove(batch, documentId);
        batch.Create(user.Key.Entry(now, actor, AuditActions.AccountRemoved, accountId) with { Before = account?.Audited() });
        var signal = account is null
            ? null
            : signals.Add(batch, UserSignals.AccountsRemoved(user, [account.ApplicationId], operationId: null, actor, now));
        return (TypedResults.NoContent(), signal);
    }
}
