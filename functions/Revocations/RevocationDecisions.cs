using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;

namespace BlokSec.Functions.Revocations;

/// <summary>
/// Commits what an administrator decided, once: asked again, it gives the operation that is under way or ended, and one that failed is
/// begun anew. What somebody else changes at the same moment is read again.
/// </summary>
internal sealed class RevocationDecisions(
    IdentityStore identities, RevocationFence fence, OperationDispatch dispatch, FailedOperations failed, UnattendedWork work)
{
    /// <summary>
    /// A phone that is restored, or whose app registers its first push handle, can be faster than the decision once; then it is the
    /// decision's turn. So this many conflicts are more than all phones together can cause.
    /// </summary>
    private const int MaxConflicts = (2 * UserDocument.MaxDevices) + IdentityStore.MaxConflicts;

    /// <summary>Reads, chooses, commits and queues the work.</summary>
    /// <param name="context">The request.</param>
    /// <param name="key">Of which user.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="planHash">The plan that the administrator saw; null for none.</param>
    /// <param name="concerned">An id of one more document that the choice has to know; null for none.</param>
    /// <param name="choose">Chooses from what was read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IResult> CommitAsync(
        HttpContext context,
        UserKey key,
        RevocationDecision decision,
        string? planHash,
        string? concerned,
        Func<PartitionSnapshot, UserDocument, RevocationChoice> choose,
        CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxConflicts; attempt++)
        {
            var snapshot = await ReadAsync(key, decision.OperationId, concerned, cancellationToken);
            snapshot.EnsureRead(OperationDocument.IdOf(decision.OperationId));
            if (snapshot.Operation(decision.OperationId) is { } known)
            {
                return known.Fingerprint == decision.Fingerprint
                    ? await AgainAsync(context, known, decision, cancellationToken)
                    : OperationAnswers.IdempotencyKeyReused();
            }

            if (snapshot.User is not { } user)
            {
                return Problems.NotFound("user");
            }

            switch (choose(snapshot, user))
            {
                case RevocationChoice.Refuse refuse:
                    return refuse.Answer;
                case RevocationChoice.Earlier earlier:
                    return await AgainAsync(context, await EarlierAsync(key, earlier, cancellationToken), decision, cancellationToken);
                case RevocationChoice.Devices { Chosen: var devices }:
                    var removal = decision.Kind == OperationKind.RemoveDevice ? devices[0] : null;
                    var successor = removal is null ? null : RevocationFence.Successor(user, snapshot.Devices, removal);
                    if (planHash is not null && !RevocationPlan.Matches(planHash, user, snapshot.Devices, removal, out successor))
                    {
                        return OperationAnswers.PlanStale();
                    }

                    if (await fence.CommitAsync(snapshot, devices, successor, decision, cancellationToken) is { } operation)
                    {
                        await dispatch.TryAsync(operation, resumed: null);
                        return OperationAnswers.Accepted(context, operation);
                    }

                    break;
            }
        }

        return Problems.TooManyConflicts();
    }

    private async Task<OperationDocument> EarlierAsync(UserKey key, RevocationChoice.Earlier earlier, CancellationToken cancellationToken) =>
        (await identities.ReadAsync<OperationDocument>(key, OperationDocument.IdOf(earlier.OperationId), cancellationToken))!;

    private async Task<IResult> AgainAsync(
        HttpContext context, OperationDocument operation, RevocationDecision decision, CancellationToken cancellationToken)
    {
        await work.AgainAsync(operation);
        return OperationAnswers.Accepted(context, await failed.RestartAsync(operation, decision.By, cancellationToken));
    }

    private Task<PartitionSnapshot> ReadAsync(UserKey key, string operationId, string? concerned, CancellationToken cancellationToken) =>
        identities.QueryFirstAsync(
            key,
            $"{RevocationFence.Concerned} OR c.id IN (@operation, @concerned)",
            [("@operation", OperationDocument.IdOf(operationId)), ("@concerned", concerned ?? UserDocument.DocumentId)],
            RevocationFence.MaxConcerned,
            cancellationToken);
}
