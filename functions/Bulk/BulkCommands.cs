using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Bulk;

/// <summary>What administrators decide about a bulk operation: written in one transaction with its audit entry, safe to repeat.</summary>
internal sealed class BulkCommands(
    IdentityStore identities, BulkStore store, BulkDispatch dispatch, SecondPerson second, IOptions<BulkOptions> options, TimeProvider time)
{
    /// <summary>Demands a second person where the policies do, for what is planned.</summary>
    /// <param name="planned">The operation; an approval counts until it was started or resumed.</param>
    /// <param name="action">Which action.</param>
    /// <param name="words">What it is called.</param>
    /// <param name="reason">Why.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer for now; null when the action may go on.</returns>
    public Task<IResult?> DemandAsync(
        BulkDocument planned, string action, string words, string? reason, Administrator administrator, CancellationToken cancellationToken) =>
        second.DemandForManyAsync(
            administrator,
            new GuardedAction(
                planned.Key,
                action,
                planned.Kind == BulkKind.Suspend ? AdminPolicies.UsersManage : AdminPolicies.DevicesManage,
                $"{words}: {planned.Phrase}",
                reason,
                RequestIds.Fingerprint(planned.BulkOperationId, planned.Plan.Hash, planned.Run.ToString(CultureInfo.InvariantCulture))),
            hasAdministrators: planned.Plan.AdministratorCount > 0,
            cancellationToken);

    /// <summary>Whether <see cref="DemandAsync"/> demands a second person now: who goes on after it has one.</summary>
    public Task<bool> IsDemandedAsync(BulkDocument? planned, CancellationToken cancellationToken) => planned is null
        ? Task.FromResult(false)
        : second.IsDemandedForManyAsync(planned.TenantId, planned.Plan.AdministratorCount > 0, cancellationToken);

    /// <summary>Moves the operation.</summary>
    /// <param name="administrator">Who asks.</param>
    /// <param name="bulkOperationId">The operation.</param>
    /// <param name="action">What the auditor reads.</param>
    /// <param name="check">Why not; null when it may.</param>
    /// <param name="move">The operation from then on; null when it is not in a state for that.</param>
    /// <param name="isSo">Whether an operation that does not move is as was asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(BulkDocument? Operation, bool IsMoved, IResult? Refusal)> MoveAsync(
        Administrator administrator,
        string bulkOperationId,
        string action,
        Func<BulkDocument, IResult?> check,
        Func<BulkDocument, DateTimeOffset, BulkDocument?> move,
        Func<BulkDocument, bool> isSo,
        CancellationToken cancellationToken)
    {
        var result = await identities.UpdateAsync(
            BulkDocument.KeyOf(administrator.TenantId),
            stop => store.ReadAsync(administrator.TenantId, bulkOperationId, stop),
            Decide,
            cancellationToken);
        var (operation, refusal) = result.Value;
        if (result.Status == UpdateStatus.Contended)
        {
            return (null, false, Problems.Of(ProblemCodes.Conflict, "It moved at the same moment. Nothing was changed; try again."));
        }

        if (result.IsWritten && operation is { Status: BulkState.Running })
        {
            await dispatch.TryAsync(operation);
        }

        return (operation, result.IsWritten, refusal);

        (BulkDocument? Operation, IResult? Refusal) Decide(BulkDocument? found, UpdateAttempt attempt)
        {
            if (found is null)
            {
                return (null, Problems.NotFound("bulk operation"));
            }

            if (RoleRefusal(administrator, found.Kind) is { } missing)
            {
                return (found, missing);
            }

            if (check(found) is { } refusal)
            {
                return (found, refusal);
            }

            var now = time.GetUtcNow();
            if (move(found, now) is not { } moved)
            {
                return (found, isSo(found) ? null : Problems.Of(ProblemCodes.Conflict, $"It is {Words(found.Status)}. Nothing was changed."));
            }

            attempt.Batch.Replace(moved).Create(BulkStore.Entry(moved, now, administrator.Actor(), action) with
            {
                Reason = moved.Reason,
                After = action == AuditActions.BulkStarted ? BulkStore.Said(moved) : null,
            });
            return (moved, null);
        }
    }

    /// <summary>Moves the operation as <see cref="MoveAsync"/> does, and answers with it.</summary>
    public async Task<IResult> AnswerAsync(
        Administrator administrator,
        string bulkOperationId,
        string action,
        Func<BulkDocument, IResult?> check,
        Func<BulkDocument, DateTimeOffset, BulkDocument?> move,
        Func<BulkDocument, bool> isSo,
        CancellationToken cancellationToken)
    {
        var (operation, _, refusal) = await MoveAsync(administrator, bulkOperationId, action, check, move, isSo, cancellationToken);
        return refusal ?? TypedResults.Ok(operation!.ToDetails(options.Value));
    }

    /// <summary>To suspend takes the role for it too.</summary>
    public static IResult? RoleRefusal(Administrator administrator, BulkKind kind) =>
        kind == BulkKind.Suspend && !administrator.ManagesUsers ? BulkProblems.MissingRole(AdminPolicies.UsersManage) : null;

    private static string Words(BulkState state) => state switch
    {
        BulkState.Planning => "still being planned",
        BulkState.Planned => "not started",
        BulkState.Running => "under way",
        BulkState.Paused => "paused",
        BulkState.Stopped => "stopped",
        BulkState.Succeeded => "finished",
        _ => "failed",
    };
}
