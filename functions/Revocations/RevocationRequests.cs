using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Signals;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Revocations;

/// <summary>
/// Commits what was asked for, once: when asked again, it returns the operation that is under way or has ended, and one that failed
/// is restarted.
/// </summary>
internal sealed class RevocationRequests(
    IdentityStore identities,
    RevocationFence fence,
    OperationDispatch dispatch,
    SignalDispatch signals,
    HeldRemovals held,
    FailedOperations failed,
    UnattendedWork work,
    TimeProvider time)
{
    /// <summary>
    /// A phone that is restored, or whose app registers its first push handle, can be faster than the request once; then it is the
    /// request's turn. So this many attempts are more than all phones together can make fail.
    /// </summary>
    private const int MaxAttempts = (2 * UserDocument.MaxDevices) + IdentityStore.MaxAttempts;

    /// <summary>Reads, decides, commits and queues the work, and answers whoever called.</summary>
    /// <param name="context">The request.</param>
    /// <param name="key">Of which user.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="concerned">Ids of further documents that <paramref name="decide"/> has to know.</param>
    /// <param name="decide">What the request comes to. Pure: it is called again after a conflict.</param>
    /// <param name="accept">The answer to whoever asked; null for an administrator, who follows the operation.</param>
    /// <param name="nobody">The answer when there is no such user; null for an administrator, who may know.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IResult> CommitAsync(
        HttpContext context,
        UserKey key,
        RevocationRequest request,
        IReadOnlyList<string> concerned,
        Func<PartitionSnapshot, UserDocument, RevocationTarget> decide,
        Func<OperationDocument, IResult>? accept,
        IResult? nobody,
        CancellationToken cancellationToken)
    {
        accept ??= operation => OperationAnswers.Accepted(context, operation);
        var answer = await CommitAsync(key, request, concerned, decide, nobody, cancellationToken);
        return answer.Refusal ?? accept(answer.Operation!);
    }

    /// <summary>Reads, decides, commits and queues the work, for whoever has no call to answer.</summary>
    /// <param name="key">Of which user.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="concerned">Ids of further documents that <paramref name="decide"/> has to know.</param>
    /// <param name="decide">What the request comes to. Pure: it is called again after a conflict.</param>
    /// <param name="nobody">The answer when there is no such user; null for an administrator, who may know.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<RevocationAnswer> CommitAsync(
        UserKey key,
        RevocationRequest request,
        IReadOnlyList<string> concerned,
        Func<PartitionSnapshot, UserDocument, RevocationTarget> decide,
        IResult? nobody,
        CancellationToken cancellationToken)
    {
        SignalDocument? signal = null;
        var result = await identities.UpdateAsync(
            key,
            stop => ReadAsync(key, request, concerned, stop),
            (snapshot, attempt) =>
            {
                (var target, var operation, signal) = Decide(snapshot, request, decide, nobody, attempt.Batch);
                return Task.FromResult((target, operation));
            },
            known: null,
            MaxAttempts,
            cancellationToken);
        return result.Value switch
        {
            (RevocationTarget.Refuse refuse, _) => new RevocationAnswer(Operation: null, refuse.Answer),
            (RevocationTarget.Earlier earlier, var known) => await AgainAsync(key, earlier, known, request, cancellationToken),
            (RevocationTarget.Devices, { } operation) => await BlockedAsync(operation, signal, request),
            _ => new RevocationAnswer(Operation: null, Problems.TooManyConflicts()),
        };
    }

    private (RevocationTarget? Target, OperationDocument? Operation, SignalDocument? Signal) Decide(
        PartitionSnapshot snapshot,
        RevocationRequest request,
        Func<PartitionSnapshot, UserDocument, RevocationTarget> decide,
        IResult? nobody,
        PartitionBatch batch)
    {
        snapshot.EnsureRead(OperationDocument.IdOf(request.OperationId));
        if (snapshot.Operation(request.OperationId) is { } known)
        {
            return known.Fingerprint == request.Fingerprint
                ? (new RevocationTarget.Earlier(known.OperationId, Problems.NotFound("operation")), known, null)
                : (new RevocationTarget.Refuse(OperationAnswers.IdempotencyKeyReused()), null, null);
        }

        if (snapshot.User is not { } user)
        {
            return (new RevocationTarget.Refuse(nobody ?? Problems.NotFound("user")), null, null);
        }

        var target = decide(snapshot, user);
        if (target is not RevocationTarget.Devices devices)
        {
            return (target, null, null);
        }

        var (operation, signal) = fence.Write(batch, snapshot, devices, request);
        return (target, operation, signal);
    }

    private async Task<RevocationAnswer> BlockedAsync(OperationDocument operation, SignalDocument? signal, RevocationRequest request)
    {
        Activity.Current?.SetTag("bloksec.operation", operation.OperationId);
        foreach (var _ in operation.DeviceIds)
        {
            Measures.Revocation("blocked", time.GetUtcNow() - request.At);
        }

        await Task.WhenAll(dispatch.TryAsync(operation, resumed: null), signals.TryAsync(signal));
        return new RevocationAnswer(operation, Refusal: null);
    }

    private async Task<RevocationAnswer> AgainAsync(
        UserKey key,
        RevocationTarget.Earlier earlier,
        OperationDocument? known,
        RevocationRequest request,
        CancellationToken cancellationToken)
    {
        var operation = known
            ?? await identities.ReadAsync<OperationDocument>(key, OperationDocument.IdOf(earlier.OperationId), cancellationToken);
        if (operation is null)
        {
            return new RevocationAnswer(Operation: null, earlier.WhenGone);
        }

        if (request.IsUrgent && operation.IsHeld())
        {
            operation = await held.CutShortAsync(operation, request, cancellationToken);
        }

        await work.AgainAsync(operation);
        var restarted = await failed.RestartAsync(operation, request.By, cancellationToken);
        var isLossTold = request.LostSince < (operation.LostSince ?? DateTimeOffset.MaxValue);
        return new RevocationAnswer(restarted, isLossTold ? OperationAnswers.LossNotTaken() : null);
    }

    private async Task<PartitionSnapshot> ReadAsync(UserKey key, RevocationRequest request, IReadOnlyList<string> concerned, CancellationToken cancellationToken)
    {
        (string Name, object Id)[] ids = [("@operation", OperationDocument.IdOf(request.OperationId)), .. concerned.Select((id, index) => ($"@id{index}", (object)id))];
        var snapshot = await identities.QueryFirstAsync(
            key,
            $"{RevocationFence.Concerned} OR c.id IN ({string.Join(", ", ids.Select(id => id.Name))})",
            ids,
            RevocationFence.MaxConcerned,
            cancellationToken);
        await identities.RecoverUserAsync(snapshot, isReset: request.Kind == OperationKind.UnregisterAllDevices, cancellationToken);
        return snapshot;
    }
}
