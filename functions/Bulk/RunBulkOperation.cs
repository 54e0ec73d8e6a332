using BlokSec.Contracts;
using BlokSec.Functions.Administrators;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Operations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Bulk;

/// <summary>
/// Makes the plan of a bulk operation, a page of users at a time, and carries it out, a few users at a time and no faster than configured. Before
/// users are begun, that is written down, in one request that fails when the operation was paused, stopped or is driven by another message: so a
/// pause takes effect within a second, and users who were begun are always finished and recorded.
/// </summary>
internal sealed partial class RunBulkOperation(
    IdentityStore identities,
    BulkStore store,
    BulkPlanning planning,
    BulkActions actions,
    KnownAdministrators administrators,
    CurrentPolicies policies,
    QueueSender queues,
    IOptions<BulkOptions> options,
    TimeProvider time,
    ILogger<RunBulkOperation> logger) : IQueueFunction<BulkMessage>
{
    /// <summary>Pages that one message plans, so that no message outlives its lock.</summary>
    private const int PagesPerMessage = 20;

    /// <summary>Users who have their turn at the same time.</summary>
    private const int AtOnce = 10;

    /// <summary>After so many failures of the message in a row a user who fails again is passed over.</summary>
    private const int MostFailures = 3;

    private static readonly AuditActor Actor = AuditActor.System(nameof(RunBulkOperation));

    [Function(nameof(RunBulkOperation))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.BulkOperations, Connection = QueueOptions.Section)] BulkMessage message, CancellationToken cancellationToken)
    {
        if (message.UserId != BulkDocument.KeyOf(message.TenantId).UserId
            || await store.ReadAsync(message.TenantId, message.OperationId, cancellationToken) is not { } operation)
        {
            return new Outcome.Reject("There is no such bulk operation.");
        }

        operation.EnsureWritable();

        // Whoever asked may have been limited since, and users may have moved to another department.
        (await policies.OfAsync(message.TenantId, cancellationToken)).EnterScopeOf(operation.RequestedBy.Id);
        var hasMore = operation.Status == BulkState.Planning
            ? await PlanAsync(operation, cancellationToken)
            : await CarryOutAsync(operation, message, cancellationToken);
        if (hasMore)
        {
            var next = message with { Part = message.Part + 1, Attempt = 0, Failures = 0, FailingSince = null };
            await queues.SendAsync(Queues.BulkOperations, next, due: null, cancellationToken);
        }

        return Outcome.Done.Instance;
    }

    public async Task GiveUpAsync(BulkMessage message, string reason, CancellationToken cancellationToken)
    {
        var key = BulkDocument.KeyOf(message.TenantId);
        var result = await identities.UpdateAsync(
            key,
            stop => store.ReadAsync(message.TenantId, message.OperationId, stop),
            (operation, attempt) =>
            {
                var now = time.GetUtcNow();
                if (operation is null || GivingUp.IsImplausible(message, operation.CreatedAt, now) || operation.Fail(reason, now) is not { } failed)
                {
                    return operation;
                }

                attempt.Batch.Replace(failed).Create(BulkStore.Entry(failed, now, Actor, AuditActions.BulkFailed) with { Reason = reason, Alert = true });
                return failed;
            },
            cancellationToken);
        result.ValueOrTimeout("bulk operation");
    }

    /// <summary>Plans the next pages; true when there are more.</summary>
    private async Task<bool> PlanAsync(BulkDocument operation, CancellationToken cancellationToken)
    {
        for (var pages = 0; pages < PagesPerMessage; pages++)
        {
            var page = await planning.NextAsync(operation, cancellationToken);
            var now = time.GetUtcNow();
            var after = page.Plan.Users > BulkLimits.MaxUsers
                ? operation.Fail($"More than {BulkLimits.MaxUsers} users were found. Nothing was changed; narrow the filter and do it in parts.", now)!
                : page.IsLast ? operation.Planned(page.Plan, now) : operation with { Plan = page.Plan, UpdatedAt = now, Resumes = 0 };
            var batch = identities.Begin(operation.Key).Replace(after);
            if (page.Portion is not null && after.Status != BulkState.Failed)
            {
                batch.Create(page.Portion);
            }

            if (after.Status == BulkState.Planned)
            {
                batch.Create(BulkStore.Entry(after, now, after.RequestedBy, AuditActions.BulkPlanned) with { After = BulkStore.Said(after) });
            }

            // A conflict means that it was stopped, or that another message plans it.
            if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict || after.Status != BulkState.Planning)
            {
                return false;
            }

            operation = after with { ETag = batch.ETagOf(after.Id) };
        }

        return true;
    }

    /// <summary>Works through the rest of a portion; true when another message has to go on.</summary>
    private async Task<bool> CarryOutAsync(BulkDocument operation, BulkMessage message, CancellationToken cancellationToken)
    {
        var number = operation.Progress.Portion;
        if (number >= operation.Plan.Portions)
        {
            await FinishAsync(operation, cancellationToken);
            return false;
        }

        var portion = await store.ReadPortionAsync(operation, number, cancellationToken)
            ?? throw new UnreadableDocumentException(BulkPortion.IdOf(operation.BulkOperationId, number));
        while (operation.Progress.Portion == number)
        {
            var since = time.GetTimestamp();
            if (operation.Progress.Begun == operation.Progress.User)
            {
                var begun = operation.Progress.User + NextGroup(operation, portion);
                if (operation.Status != BulkState.Running || operation.Run != message.Run || !await store.TryBeginAsync(operation, begun, cancellationToken))
                {
                    return false;
                }

                operation = operation with { Progress = operation.Progress with { Begun = begun } };
            }

            var users = await CarryOutAsync(operation, portion, message.Failures >= MostFailures, cancellationToken);
            if (await store.RecordAsync(operation, portion, users, cancellationToken) is not { } recorded)
            {
                return false;
            }

            (operation, portion) = recorded;
            if (operation.Progress.Portion < operation.Plan.Portions)
            {
                await PaceAsync(since, users.Sum(TurnsOf), cancellationToken);
            }
        }

        if (operation.Progress.Portion < operation.Plan.Portions)
        {
            return operation.Status == BulkState.Running;
        }

        await FinishAsync(operation, cancellationToken);
        return false;
    }

    /// <summary>Gives the users who were begun their turn, at the same time.</summary>
    private async Task<IReadOnlyList<BulkUser>> CarryOutAsync(
        BulkDocument operation, BulkPortion portion, bool isGivenUp, CancellationToken cancellationToken)
    {
        var guard = await BulkGuard.ReadAsync(
            operation, administrators, await policies.OfAsync(operation.TenantId, cancellationToken), cancellationToken);
        var begun = portion.Users.Take(operation.Progress.Begun).Skip(operation.Progress.User).ToArray();
        return await Task.WhenAll(begun.Select(CarryOutAsync));

        async Task<BulkUser> CarryOutAsync(BulkUser user)
        {
            try
            {
                return await actions.CarryOutAsync(operation, user, guard, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && BulkProblems.PassedOver(user, exception, isGivenUp) is not null)
            {
                Log.PassedOver(logger, exception, user.UserId, operation.BulkOperationId);
                return BulkProblems.PassedOver(user, exception, isGivenUp)! with { At = time.GetUtcNow() };
            }
        }
    }

    /// <summary>How many users begin next: those whose turns fit into a second, and one at least.</summary>
    private int NextGroup(BulkDocument operation, BulkPortion portion)
    {
        var (count, turns, most) = (0, 0, Math.Min(AtOnce, options.Value.UsersPerSecond));
        foreach (var user in portion.Users.Skip(operation.Progress.User))
        {
            turns += TurnsOf(user);
            if (count > 0 && turns > most)
            {
                break;
            }

            count++;
        }

        return count;
    }

    /// <summary>Devices that are removed one by one have a turn each.</summary>
    private static int TurnsOf(BulkUser user) => Math.Max(1, user.DeviceIds?.Count ?? 1);

    private async Task PaceAsync(long since, int turns, CancellationToken cancellationToken)
    {
        var left = TimeSpan.FromSeconds(turns / options.Value.UsersPerSecond) - time.GetElapsedTime(since);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken);
        }
    }

    private Task FinishAsync(BulkDocument operation, CancellationToken cancellationToken) =>
        operation.Status == BulkState.Running ? store.FinishAsync(operation, Actor, cancellationToken) : Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "User {UserId} is passed over by bulk operation {BulkOperationId}.")]
        public static partial void PassedOver(ILogger logger, Exception exception, string userId, string bulkOperationId);
    }
}
