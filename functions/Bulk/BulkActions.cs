using BlokSec.Contracts;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Unregistration;
using BlokSec.Functions.Users;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlokSec.Functions.Bulk;

/// <summary>
/// Does to one user what an administrator does on the user's page: the same decisions, the same fence. The operation of a user follows from that
/// of all, so that a user who has a turn twice has one operation.
/// </summary>
internal sealed class BulkActions(RevocationRequests requests, UserDirectory directory, TimeProvider time)
{
    /// <summary>Carries it out for one user, or finds that it was.</summary>
    public async Task<BulkUser> CarryOutAsync(BulkDocument operation, BulkUser user, BulkGuard guard, CancellationToken cancellationToken)
    {
        var result = operation.Kind switch
        {
            BulkKind.Unregister => await UnregisterAsync(operation, user, guard, cancellationToken),
            BulkKind.RemoveDevices => await RemoveDevicesAsync(operation, user, guard, cancellationToken),
            _ => await SuspendAsync(operation, user, guard, cancellationToken),
        };
        return result with { At = time.GetUtcNow() };
    }

    private Task<BulkUser> UnregisterAsync(BulkDocument operation, BulkUser user, BulkGuard guard, CancellationToken cancellationToken)
    {
        var request = Request(operation, user, OperationKind.UnregisterAllDevices, user.UserId);
        return CommitAsync(operation, user, guard, request, [], Decide, cancellationToken);

        RevocationTarget Decide(PartitionSnapshot snapshot, UserDocument found) => found.CanBeUnregistered && found.Epoch != user.Epoch
            ? new RevocationTarget.Refuse(BulkProblems.UserStale())
            : IdentityReset.Decide(snapshot, found, request, planHash: null);
    }

    /// <summary>One after the other: each removal decides anew which device is the active one.</summary>
    private async Task<BulkUser> RemoveDevicesAsync(BulkDocument operation, BulkUser user, BulkGuard guard, CancellationToken cancellationToken)
    {
        var results = new List<BulkUser>();
        foreach (var deviceId in user.DeviceIds ?? [])
        {
            var request = Request(operation, user, OperationKind.RemoveDevice, deviceId);
            results.Add(await CommitAsync(
                operation,
                user,
                guard,
                request,
                [RevocationDocument.IdOf(deviceId)],
                (snapshot, found) => DeviceRemoval.Of(snapshot, found, deviceId, AuditActions.DeviceRemoved, planHash: null, request.At),
                cancellationToken));
        }

        var worst = results.MaxBy(result => result.Result switch { BulkResult.Failed => 2, BulkResult.Done => 1, _ => 0 });
        return (worst ?? Skipped(user, code: null, detail: null)) with { OperationIds = [.. results.SelectMany(result => result.OperationIds)] };
    }

    private async Task<BulkUser> SuspendAsync(BulkDocument operation, BulkUser user, BulkGuard guard, CancellationToken cancellationToken)
    {
        IResult? left = null;
        var answer = await directory.SuspendAsync(
            new UserKey(operation.TenantId, user.UserId),
            operation.Reason!,
            operation.StartedBy!,
            operation.BulkOperationId,
            found => (left = guard.Refuse(user, found)) is null,
            cancellationToken);
        return answer switch
        {
            { Fault: UserFault.None, User.Suspension: null } when left is not null => Left(user, left),
            { Fault: UserFault.None } when answer.User?.Suspension?.BulkOperationId == operation.BulkOperationId => Done(user),
            { Fault: UserFault.None } => Skipped(user, ProblemCodes.UserSuspended, "The user was suspended before."),
            _ => Failed(user, UserProblems.Of(answer.Fault)),
        };
    }

    private async Task<BulkUser> CommitAsync(
        BulkDocument operation,
        BulkUser user,
        BulkGuard guard,
        RevocationRequest request,
        IReadOnlyList<string> concerned,
        Func<PartitionSnapshot, UserDocument, RevocationTarget> decide,
        CancellationToken cancellationToken)
    {
        IResult? left = null;
        var answer = await requests.CommitAsync(
            new UserKey(operation.TenantId, user.UserId), request, concerned, Decide, nobody: null, cancellationToken);
        return answer switch
        {
            { Refusal: { } refusal } when refusal == left => Left(user, refusal),
            { Refusal: ProblemHttpResult { ProblemDetails: { } problem } } when BulkProblems.CodeOf(problem) == ProblemCodes.AlreadyUnregistered =>
                Skipped(user, ProblemCodes.AlreadyUnregistered, problem.Detail),
            { Refusal: { } refusal } => Failed(user, refusal),
            { Operation: { } own } when own.OperationId == request.OperationId => Done(user, own.OperationId),
            _ => Skipped(user, ProblemCodes.Conflict, "Another request was faster."),
        };

        RevocationTarget Decide(PartitionSnapshot snapshot, UserDocument found) =>
            (left = guard.Refuse(user, found)) is { } refusal ? new RevocationTarget.Refuse(refusal) : decide(snapshot, found);
    }

    private RevocationRequest Request(BulkDocument operation, BulkUser user, OperationKind kind, string target) => new(
        RequestIds.Fingerprint(nameof(Bulk), operation.TenantId, operation.BulkOperationId, user.UserId, target)[..32],
        kind,
        operation.StartedBy!,
        operation.Reason,
        RequestIds.Fingerprint(nameof(Bulk), operation.BulkOperationId, user.UserId, target),
        time.GetUtcNow())
    {
        BulkOperationId = operation.BulkOperationId,
    };

    private static BulkUser Done(BulkUser user, params IReadOnlyList<string> operationIds) =>
        user with { Result = BulkResult.Done, OperationIds = operationIds, Code = null, Detail = null };

    private static BulkUser Skipped(BulkUser user, string? code, string? detail) =>
        user with { Result = BulkResult.Skipped, Code = code, Detail = detail };

    /// <summary>A user whom nobody may act on in this way is no failure: the plan would have left them out too.</summary>
    private static BulkUser Left(BulkUser user, IResult refusal) => Failed(user, refusal) with { Result = BulkResult.Skipped };

    private static BulkUser Failed(BulkUser user, IResult refusal)
    {
        var problem = ((ProblemHttpResult)refusal).ProblemDetails;
        return user with { Result = BulkResult.Failed, Code = BulkProblems.CodeOf(problem), Detail = problem.Detail };
    }
}
