using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Operations;

/// <summary>
/// The states of an operation and its steps, and how they change. No I/O: each transition takes the operation as it was read and gives
/// the one to write, or null when the transition is not allowed in that state, so that whatever runs twice, late or out of order changes nothing.
/// </summary>
/// <remarks>
/// A step is NotStarted, Running (with progress), Succeeded or Failed. The operation is NotStarted until its first step moves, Failed while
/// any step is, Succeeded once all are, else Running. Only <see cref="Restart"/> leaves Failed; nothing leaves Succeeded. One on hold either
/// is withdrawn, which nothing leaves, or its hold ends: its steps move only then.
/// </remarks>
internal static class OperationLifecycle
{
    /// <summary>A step that waits for its turn.</summary>
    /// <param name="name">Which step.</param>
    /// <param name="total">How many things it works through.</param>
    /// <param name="at">When the operation was committed.</param>
    public static OperationStep Waiting(OperationStepName name, int total, DateTimeOffset at) =>
        new(name, OperationStatus.NotStarted, 0, total, at);

    public static bool HasEnded(this OperationDocument operation) =>
        operation.Status is OperationStatus.Succeeded or OperationStatus.Failed or OperationStatus.Withdrawn;

    /// <summary>Whether it waits with what cannot be taken back: also after that time, until its work starts.</summary>
    public static bool IsHeld(this OperationDocument operation) => operation.Hold is { EndedAt: null };

    /// <summary>Whether the step still has to be carried out. One that failed can be carried out yet, by a message that comes late.</summary>
    public static bool IsOpen(this OperationDocument operation, OperationStepName name) =>
        operation.Status != OperationStatus.Withdrawn && operation.Steps.Any(step => step.Name == name && step.Status != OperationStatus.Succeeded);

    /// <summary>A step made progress. Progress is added, so that it never goes back.</summary>
    /// <param name="operation">The operation as it was read.</param>
    /// <param name="name">Which step.</param>
    /// <param name="more">How many more things are done.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when the step is not open.</returns>
    public static OperationDocument? Progress(this OperationDocument operation, OperationStepName name, int more, DateTimeOffset now) =>
        operation.IsOpen(name) && operation.Step(name) is { } step
            ? Moved(operation, step with
            {
                Status = OperationStatus.Running,
                Completed = Math.Min(step.Total, step.Completed + more),
                UpdatedAt = now,
            })
            : null;

    /// <summary>A step ended well. The last one ends the operation; the claim is created with the last of the others.</summary>
    /// <returns>Null when the step is not open.</returns>
    public static CompletedStep? Complete(this OperationDocument operation, OperationStepName name, DateTimeOffset now)
    {
        if (!operation.IsOpen(name))
        {
            return null;
        }

        var moved = Moved(operation, Succeeded(operation.Step(name)!, now));
        var gainsClaim = moved.Steps.Where(step => step.Status != OperationStatus.Succeeded).ToArray() is [{ Name: OperationStepName.CreateClaim }];
        if (gainsClaim)
        {
            moved = Moved(moved, Succeeded(moved.Step(OperationStepName.CreateClaim)!, now));
        }

        var isFinished = moved.Steps.All(step => step.Status == OperationStatus.Succeeded);
        return new CompletedStep(
            isFinished ? moved with { Status = OperationStatus.Succeeded, FinishedAt = now } : moved, isFinished, gainsClaim);
    }

    /// <summary>A step cannot be carried out.</summary>
    /// <param name="operation">The operation as it was read.</param>
    /// <param name="name">Which step.</param>
    /// <param name="reason">Why, in plain words and without secrets.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when the step ended before, well or not.</returns>
    public static OperationDocument? Fail(this OperationDocument operation, OperationStepName name, string reason, DateTimeOffset now) =>
        operation.Status != OperationStatus.Withdrawn
        && operation.Steps.FirstOrDefault(step => step.Name == name && step.Status is OperationStatus.NotStarted or OperationStatus.Running) is { } step
            ? Moved(operation, step with { Status = OperationStatus.Failed, UpdatedAt = now, Detail = reason })
            : null;

    /// <summary>The failed steps wait for their turn again; those that succeeded stay as they are.</summary>
    /// <returns>Null when the operation has not failed.</returns>
    public static OperationDocument? Restart(this OperationDocument operation, DateTimeOffset now) => operation.Status != OperationStatus.Failed
        ? null
        : operation with
        {
            Status = OperationStatus.Running,
            UpdatedAt = now,
            Resumes = 0,
            Steps =
            [
                .. operation.Steps.Select(step => step.Status == OperationStatus.Failed
                    ? step with { Status = OperationStatus.NotStarted, UpdatedAt = now, Detail = null }
                    : step),
            ],
        };

    /// <summary>The work was queued again, as nothing had moved for too long.</summary>
    /// <returns>Null when the operation has ended.</returns>
    public static OperationDocument? Resume(this OperationDocument operation, DateTimeOffset now) => operation.HasEnded()
        ? null
        : operation with { UpdatedAt = now, Resumes = operation.Resumes + 1 };

    /// <summary>The work starts: from now on it cannot be taken back.</summary>
    /// <returns>Null when it waits still, or never did.</returns>
    public static OperationDocument? EndHold(this OperationDocument operation, DateTimeOffset now) =>
        operation.Hold is { EndedAt: null } hold && hold.Until <= now
            ? operation with { Hold = hold with { EndedAt = now }, UpdatedAt = now }
            : null;

    /// <summary>The hold ends now instead of later, as the device may be in other hands.</summary>
    /// <returns>Null when there is nothing to shorten.</returns>
    public static OperationDocument? ShortenHold(this OperationDocument operation, DateTimeOffset? lostSince, DateTimeOffset now) =>
        operation.Hold is { EndedAt: null } hold && hold.Until > now
            ? operation with { Hold = hold with { Until = now }, UpdatedAt = now, LostSince = lostSince ?? operation.LostSince }
            : null;

    /// <summary>It is taken back.</summary>
    /// <returns>Null when it is too late, or there was no hold.</returns>
    public static OperationDocument? Withdraw(this OperationDocument operation, string by, DateTimeOffset now) =>
        operation.Hold is { EndedAt: null } hold && hold.Until > now
            ? operation with
            {
                Hold = hold with { EndedAt = now, WithdrawnBy = by },
                Status = OperationStatus.Withdrawn,
                FinishedAt = now,
                UpdatedAt = now,
            }
            : null;

    /// <summary>Accounts were removed. Each application has a step; what the plan did not know of counts for the step of all others.</summary>
    /// <param name="operation">The operation as it was read.</param>
    /// <param name="removed">How many accounts of which application are gone now.</param>
    /// <param name="areAll">Whether none is left, which ends the operation.</param>
    /// <param name="now">The time.</param>
    public static OperationDocument Removed(
        this OperationDocument operation, IReadOnlyDictionary<string, int> removed, bool areAll, DateTimeOffset now)
    {
        var known = operation.Steps.Select(step => step.ApplicationId).ToHashSet();
        var others = removed.Where(application => !known.Contains(application.Key)).Sum(application => application.Value);
        var steps = operation.Steps
            .Select(step => Removed(step, step.ApplicationId is { } id ? removed.GetValueOrDefault(id) : others, areAll, now))
            .ToArray();
        if (!areAll && Array.TrueForAll(steps, step => step.Status == OperationStatus.Succeeded))
        {
            // More than was planned is left.
            steps[^1] = steps[^1] with { Status = OperationStatus.Running };
        }

        return operation with
        {
            Steps = steps,
            Status = areAll ? OperationStatus.Succeeded
                : Array.Exists(steps, step => step.Status == OperationStatus.Failed) ? OperationStatus.Failed : OperationStatus.Running,
            DispatchedAt = operation.DispatchedAt ?? now,
            FinishedAt = areAll ? now : null,
            UpdatedAt = now,
            Resumes = 0,
        };
    }

    private static OperationStep Removed(OperationStep step, int more, bool areAll, DateTimeOffset now)
    {
        if (step.Status == OperationStatus.Succeeded)
        {
            return step;
        }

        var completed = Math.Min(step.Total, step.Completed + more);
        return areAll || (more > 0 && completed == step.Total)
            ? Succeeded(step, now)
            : more == 0 ? step : step with { Completed = completed, Status = OperationStatus.Running, UpdatedAt = now, Detail = null };
    }

    private static OperationStep Succeeded(OperationStep step, DateTimeOffset now) => step with
    {
        Status = OperationStatus.Succeeded,
        Completed = step.Total,
        UpdatedAt = now,
        Detail = null,
    };

    private static OperationDocument Moved(OperationDocument operation, OperationStep moved)
    {
        var steps = operation.Steps.Select(step => step.Name == moved.Name && step.ApplicationId == moved.ApplicationId ? moved : step).ToArray();
        return operation with
        {
            Steps = steps,
            Status = Array.Exists(steps, step => step.Status == OperationStatus.Failed) ? OperationStatus.Failed : OperationStatus.Running,
            DispatchedAt = operation.DispatchedAt ?? moved.UpdatedAt,
            UpdatedAt = moved.UpdatedAt,
            Resumes = 0,
        };
    }
}

/// <summary>A step that ended well, and what ends with it.</summary>
/// <param name="Operation">The operation to write.</param>
/// <param name="IsFinished">Whether it was the last step.</param>
/// <param name="GainsClaim">Whether the user's claim is created in the same transaction.</param>
internal sealed record CompletedStep(OperationDocument Operation, bool IsFinished, bool GainsClaim);
