using System.Diagnostics;
using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Signals;
using Microsoft.Azure.Cosmos;
using OperationKind = BlokSec.Contracts.OperationKind;

namespace BlokSec.Functions.Accounts;

/// <summary>
/// Commits a removal of accounts, once: when asked again, it returns the operation that is under way or has ended, and one that failed is
/// restarted. From the answer on, no application can ask for a sign-in with these accounts; the operation deletes them.
/// </summary>
internal sealed class AccountRemovalRequests(
    IdentityStore identities, AccountPages accounts, OperationDispatch dispatch, FailedOperations failed, UnattendedWork work, SignalDispatch signals)
{
    /// <summary>Applications that have a step of their own, those with the most accounts; all others share one.</summary>
    private const int MaxSteps = 100;

    /// <summary>Reads, decides, commits and queues the work.</summary>
    public async Task<IResult> CommitAsync(HttpContext context, UserKey key, AccountRemoval removal, CancellationToken cancellationToken)
    {
        var result = await identities.UpdateAsync(
            key,
            stop => ReadAsync(key, removal, stop),
            (found, attempt) => Task.FromResult(Decide(found, attempt.Batch, removal)),
            known: null,
            AccountChanges.MaxAttempts,
            cancellationToken);
        if (result.Value is not { } decision)
        {
            return Problems.TooManyConflicts();
        }

        if (decision.Refusal is { } refusal)
        {
            return refusal;
        }

        var operation = decision.Operation
            ?? await identities.ReadAsync<OperationDocument>(key, OperationDocument.IdOf(decision.EarlierId!), cancellationToken);
        if (operation is null)
        {
            return Problems.Of(ProblemCodes.NoAccounts, "The user has no accounts.");
        }

        if (result.IsWritten)
        {
            Activity.Current?.SetTag("bloksec.operation", operation.OperationId);
            await Task.WhenAll(dispatch.TryAsync(operation, resumed: null), signals.TryAsync(decision.Signal));
            return OperationAnswers.Accepted(context, operation);
        }

        await work.AgainAsync(operation);
        return OperationAnswers.Accepted(context, await failed.RestartAsync(operation, removal.By, cancellationToken));
    }

    private async Task<Found> ReadAsync(UserKey key, AccountRemoval removal, CancellationToken cancellationToken)
    {
        var snapshot = await ReadUserAsync(key, removal, cancellationToken);
        if (snapshot.User is not { } user || snapshot.Operation(removal.OperationId) is not null)
        {
            return new Found(snapshot, []);
        }

        if (removal.Kind == AccountScopeKind.All && user.DepartureOperationId is { } departureId
            && await identities.ReadAsync<OperationDocument>(key, OperationDocument.IdOf(departureId), cancellationToken)
                is { Status: not OperationStatus.Succeeded } departure)
        {
            return new Found(snapshot, [], departure);
        }

        // Counted after the user was read, who must be so still when this is committed: accounts that are added meanwhile change the user.
        var scope = removal.ScopeAt(user.AccountsVersion);
        var applications = await accounts.CountByApplicationAsync(key, scope.Condition, scope.Parameters, cancellationToken);

        // Somebody else may have had them removed since the user was read.
        return new Found(applications.Count == 0 ? await ReadUserAsync(key, removal, cancellationToken) : snapshot, applications);
    }

    private async Task<PartitionSnapshot> ReadUserAsync(UserKey key, AccountRemoval removal, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryFirstAsync(
            key,
            $"{AccountChanges.Concerned} OR c.id = @operation",
            [("@operation", OperationDocument.IdOf(removal.OperationId))],
            AccountChanges.MaxConcerned,
            cancellationToken);
        snapshot.EnsureRead(OperationDocument.IdOf(removal.OperationId));
        await identities.RecoverUserAsync(snapshot, isReset: false, cancellationToken);
        return snapshot;
    }

    private Decision Decide(Found found, PartitionBatch batch, AccountRemoval removal)
    {
        var (snapshot, applications, _) = found;
        if (snapshot.Operation(removal.OperationId) is { } known)
        {
            return known.Fingerprint == removal.Fingerprint ? new Decision(Operation: known) : new Decision(OperationAnswers.IdempotencyKeyReused());
        }

        if (snapshot.User is not { } user)
        {
            return new Decision(Problems.NotFound("user"));
        }

        if (found.UnderWay is { } underWay)
        {
            return new Decision(Operation: underWay);
        }

        if (applications.Count == 0)
        {
            return removal.Kind == AccountScopeKind.All && user.DepartureOperationId is { } earlier
                ? new Decision(EarlierId: earlier)
                : new Decision(Problems.Of(ProblemCodes.NoAccounts, "There is no such account of the user."));
        }

        return removal.PlanHash is not null && removal.PlanHash != DeparturePlan.Hash(user, applications)
            ? new Decision(Problems.Of(ProblemCodes.PlanStale, "The user's accounts changed since the plan was made. Nothing was changed; look again."))
            : new Decision(Operation: Write(batch, snapshot, user, applications, removal)) { Signal = Signal(batch, user, applications, removal) };
    }

    /// <summary>
    /// From now on no application can ask for a sign-in with these accounts, so now they end the sessions. All learn that a leaver's account is gone for good.
    /// </summary>
    private SignalDocument? Signal(PartitionBatch batch, UserDocument user, IReadOnlyList<PlannedApplication> applications, AccountRemoval removal) => signals.Add(
        batch,
        removal.Kind == AccountScopeKind.All
            ? UserSignals.AccountPurged(user, removal.By, removal.At)
            : UserSignals.AccountsRemoved(
                user, [.. applications.Select(application => application.ApplicationId)], removal.OperationId, removal.By, removal.At));

    private static OperationDocument Write(
        PartitionBatch batch, PartitionSnapshot snapshot, UserDocument user, IReadOnlyList<PlannedApplication> applications, AccountRemoval removal)
    {
        var operation = new OperationDocument
        {
            Id = OperationDocument.IdOf(removal.OperationId),
            TenantId = user.TenantId,
            UserId = user.UserId,
            OperationId = removal.OperationId,
            Kind = OperationKind.RemoveAccounts,
            Status = OperationStatus.NotStarted,
            RequestedBy = removal.By.Name,
            Reason = removal.Reason,
            RequestedAt = removal.At,
            UpdatedAt = removal.At,
            Fingerprint = removal.Fingerprint,
            Epoch = user.Epoch,
            DeviceIds = [],
            Accounts = removal.ScopeAt(user.AccountsVersion),
            TraceParent = Activity.Current?.Id,
            Steps = [.. Steps(applications, removal.At)],
        };
        PatchOperation[] departure = removal.Kind == AccountScopeKind.All ? [PatchOperation.Set("/departureOperationId", removal.OperationId)] : [];

        // The next version is for what is added from now on; phones learn it when the first accounts are gone.
        batch.Patch(user, [PatchOperation.Set("/accountsVersion", user.AccountsVersion + 1), .. departure]);
        AccountChanges.EndSignIns(batch, snapshot.AuthenticationRequests, operation.Accounts.Covers, removal.At);
        batch.Create(operation).Create(Entry(user, applications, removal));
        return operation;
    }

    private static IEnumerable<OperationStep> Steps(IReadOnlyList<PlannedApplication> applications, DateTimeOffset now)
    {
        foreach (var application in applications.Take(MaxSteps))
        {
            yield return OperationLifecycle.Waiting(OperationStepName.RemoveAccounts, application.Accounts, now) with
            {
                ApplicationId = application.ApplicationId,
                ApplicationName = application.ApplicationName,
            };
        }

        if (applications.Count > MaxSteps)
        {
            yield return OperationLifecycle.Waiting(
                OperationStepName.RemoveAccounts, applications.Skip(MaxSteps).Sum(application => application.Accounts), now);
        }
    }

    private static AuditDocument Entry(UserDocument user, IReadOnlyList<PlannedApplication> applications, AccountRemoval removal) => user.Key.Entry(
        removal.At,
        removal.By,
        removal.Kind == AccountScopeKind.All ? AuditActions.DepartureRequested : AuditActions.AccountRemovalRequested,
        removal.AccountIds ?? [removal.ApplicationId ?? user.UserId]) with
    {
        OperationId = removal.OperationId,
        Reason = removal.Reason,
        Before = new Dictionary<string, string?>
        {
            ["accounts"] = applications.Sum(application => application.Accounts).ToString(CultureInfo.InvariantCulture),
            ["applications"] = applications.Count.ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>What a decision rests on: the user, the accounts, and a departure that is under way.</summary>
    private sealed record Found(PartitionSnapshot Snapshot, IReadOnlyList<PlannedApplication> Applications, OperationDocument? UnderWay = null);

    /// <summary>What a request comes to: a refusal, an operation, or the id of an earlier one.</summary>
    private sealed record Decision(IResult? Refusal = null, OperationDocument? Operation = null, string? EarlierId = null)
    {
        /// <summary>What applications are told of it.</summary>
        public SignalDocument? Signal { get; init; }
    }
}
