using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Bulk;

/// <summary>
/// How a bulk operation moves. No I/O: each transition gives the document to write, or null when it is not allowed in that state.
/// </summary>
/// <remarks>Planning, Planned, Running, Succeeded; from Running to Paused and back; Stopped and Failed end it, but what was started and failed can be resumed.</remarks>
internal static class BulkLifecycle
{
    /// <summary>It is started.</summary>
    /// <param name="operation">The operation as it was read.</param>
    /// <param name="by">Who is acted for.</param>
    /// <param name="roles">Their roles.</param>
    /// <param name="isAgreed">Whether a second person agreed.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">The time.</param>
    public static BulkDocument? Start(
        this BulkDocument operation, AuditActor by, IReadOnlyList<string> roles, bool isAgreed, string reason, DateTimeOffset now) =>
        operation.Status != BulkState.Planned ? null : operation with
        {
            Status = BulkState.Running,
            StartedBy = by,
            StarterRoles = roles,
            IsAgreed = isAgreed,
            StartedAt = now,
            Reason = reason,
            UpdatedAt = now,
            Run = operation.Run + 1,
            Resumes = 0,
        };

    public static BulkDocument? Pause(this BulkDocument operation, DateTimeOffset now) =>
        operation.Status != BulkState.Running ? null : operation with { Status = BulkState.Paused, UpdatedAt = now };

    public static BulkDocument? Resume(this BulkDocument operation, bool isAgreed, DateTimeOffset now) =>
        operation is not ({ Status: BulkState.Paused } or { Status: BulkState.Failed, StartedAt: not null }) ? null : operation with
        {
            Status = BulkState.Running,
            IsAgreed = isAgreed,
            Problem = null,
            FinishedAt = null,
            UpdatedAt = now,
            Run = operation.Run + 1,
            Resumes = 0,
        };

    public static BulkDocument? Stop(this BulkDocument operation, DateTimeOffset now) => operation.Status is BulkState.Stopped or BulkState.Succeeded
        ? null
        : operation with { Status = BulkState.Stopped, Selected = null, UpdatedAt = now, FinishedAt = now };

    /// <summary>It cannot be carried out.</summary>
    /// <param name="operation">The operation as it was read.</param>
    /// <param name="problem">Why, in plain words and without secrets.</param>
    /// <param name="now">The time.</param>
    public static BulkDocument? Fail(this BulkDocument operation, string problem, DateTimeOffset now) =>
        operation.Status is not (BulkState.Planning or BulkState.Running)
            ? null
            : operation with { Status = BulkState.Failed, Problem = problem, Selected = null, UpdatedAt = now, FinishedAt = now };

    /// <summary>The plan is made; without users there is nothing that could be started.</summary>
    public static BulkDocument Planned(this BulkDocument operation, PlanState plan, DateTimeOffset now) =>
        operation with { Status = BulkState.Planned, Plan = plan, Selected = null, PlannedAt = now, UpdatedAt = now };

    /// <summary>Until when the plan can be started; null when it cannot.</summary>
    public static DateTimeOffset? StartUntil(this BulkDocument operation) =>
        operation is { Status: BulkState.Planned, Plan.Users: > 0, PlannedAt: { } at } ? at.AddMinutes(BulkLimits.PlanMinutes) : null;
}
