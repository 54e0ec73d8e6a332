using BlokSec.Contracts;
using BlokSec.Functions.Applications;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Accounts;

/// <summary>Adds an account in a registered application to a user.</summary>
internal sealed class CreateAccount(IdentityStore identities, ApplicationRegister applications, PublicAddress address, TimeProvider time)
{
    /// <summary>Accounts that a user may have.</summary>
    public const int MaxAccounts = 10_000;

    /// <summary>Removed accounts of the same name whose place one account takes; there is one, unless two were added at the same moment.</summary>
    private const int MaxReplaced = 10;

    /// <inheritdoc cref="CreateAccount"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">The account.</param>
    /// <param name="administrator">Who asks; users and applications of other tenants do not exist.</param>
    /// <param name="idempotencyKey">The same key gives the same account.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(CreateAccount))]
    [Authorize(AdminPolicies.ApplicationsManage)]
    [ProducesResponseType<AccountDetails>(StatusCodes.Status201Created)]
    [Refuses(
        ProblemCodes.NotFound, ProblemCodes.ApplicationDisabled, ProblemCodes.AccountExists, ProblemCodes.AccountLimit, ProblemCodes.Conflict,
        ProblemCodes.IdempotencyKeyReused)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/accounts")] HttpContext context,
        string userId,
        CreateAccountRequest request,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        var accountId = RequestIds.For(key, administrator.Subject, idempotencyKey.Value, time.GetUtcNow());
        if (await applications.FindAsync(administrator.TenantId, request.ApplicationId, cancellationToken) is not { } application)
        {
            return Problems.NotFound("application");
        }

        var others = await OthersAsync(key, request, cancellationToken);
        var result = await identities.UpdateAsync(
            key,
            stop => ReadAsync(key, accountId, request, stop),
            (snapshot, attempt) => Task.FromResult(Decide(snapshot, attempt.Batch, accountId, request, application, administrator, others)),
            known: null,
            AccountChanges.MaxAttempts,
            cancellationToken);
        return result.Value ?? Problems.TooManyConflicts();
    }

    /// <summary>
    /// Whether another user has an account of this name. Two that are added at the same moment do not see each other: then the name finds neither of
    /// them, and nobody signs in as somebody else.
    /// </summary>
    private async Task<bool> OthersAsync(UserKey key, CreateAccountRequest request, CancellationToken cancellationToken) =>
        (await identities.TenantFirstAsync<string>(
            key.TenantId,
            """
            SELECT VALUE c.userId FROM c WHERE c.tenantId = @tenantId AND c.type = 'account' AND c.applicationId = @application
            AND c.accountName = @name AND c.userId != @user
            """,
            [("@application", request.ApplicationId), ("@name", request.AccountName), ("@user", key.UserId)],
            most: 1,
            cancellationToken)).Count > 0;

    private async Task<PartitionSnapshot> ReadAsync(UserKey key, string accountId, CreateAccountRequest request, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryFirstAsync(
            key,
            $"""
            c.id IN ('user', @account) OR (c.type = 'device' AND {DeviceDocument.NotRevoked})
            OR (c.type IN ('account', 'removedAccount') AND c.applicationId = @application AND c.accountName = @name)
            """,
            [
                ("@account", AccountDocument.IdOf(accountId)),
                ("@application", request.ApplicationId),
                ("@name", request.AccountName),
            ],
            AccountChanges.MaxConcerned,
            cancellationToken);
        await identities.RecoverUserAsync(snapshot, isReset: false, cancellationToken);
        return snapshot;
    }

    private IResult Decide(
        PartitionSnapshot snapshot,
        PartitionBatch batch,
        string accountId,
        CreateAccountRequest request,
        ApplicationDocument application,
        Administrator administrator,
        bool hasOthers)
    {
        if (snapshot.User is not { } user)
        {
            return Problems.NotFound("user");
        }

        if (snapshot.Accounts.Find(account => account.AccountId == accountId) is { } earlier)
        {
            return earlier.ApplicationId == request.ApplicationId && earlier.AccountName == request.AccountName
                ? Created(earlier)
                : OperationAnswers.IdempotencyKeyReused();
        }

        if (Refusal(snapshot, user, application, hasOthers) is { } refusal)
        {
            return refusal;
        }

        var now = time.GetUtcNow();
        var after = AccountChanges.Write(batch, user, snapshot.Devices, more: 1);
        var account = new AccountDocument
        {
            Id = AccountDocument.IdOf(accountId),
            TenantId = user.TenantId,
            UserId = user.UserId,
            AccountId = accountId,
            ApplicationId = application.ApplicationId,
            ApplicationName = application.Name,
            AccountName = request.AccountName,
            Did = user.DidState == DidState.Active ? user.Did : null,
            Epoch = user.Epoch,
            AddedAt = now,
            AddedIn = after.AccountsVersion,
        };

        // It takes the place of one of its name that was removed, and that of its own when the same key is used again after its removal.
        foreach (var removed in snapshot.RemovedAccounts.Where(removed => removed.Id != account.Id).Take(MaxReplaced))
        {
            batch.Delete(removed.Id);
        }

        batch.Upsert(account, snapshot).Create(user.Key.Entry(now, administrator.Actor(), AuditActions.AccountCreated, accountId) with { After = account.Audited() });
        return Created(account);
    }

    private static IResult? Refusal(PartitionSnapshot snapshot, UserDocument user, ApplicationDocument application, bool hasOthers)
    {
        if (application.State != ApplicationState.Enabled)
        {
            return Problems.Of(ProblemCodes.ApplicationDisabled, "The application is disabled. Enable it first.");
        }

        if (hasOthers || snapshot.Accounts.Count > 0)
        {
            return Problems.Of(
                ProblemCodes.AccountExists,
                hasOthers ? "Another user has an account of this name in the application." : "The user has an account of this name in the application.");
        }

        return user.AccountCount >= MaxAccounts
            ? Problems.Of(ProblemCodes.AccountLimit, $"A user has at most {MaxAccounts} accounts.")
            : null;
    }

    private IResult Created(AccountDocument account) => TypedResults.Created(
        $"{address.Url}/api/users/{account.UserId}/accounts?application={account.ApplicationId}", account.ToDetails());
}
