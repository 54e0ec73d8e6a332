using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;

namespace BlokSec.Functions.Overviews;

/// <summary>Which of a tenant's operations are asked for.</summary>
/// <param name="Condition">Over <c>c</c>.</param>
/// <param name="Parameters">Values of its parameters.</param>
internal sealed record OperationFilter(string Condition, IReadOnlyList<(string Name, object Value)> Parameters)
{
    public const string Statuses = "^(underWay|notStarted|running|failed|succeeded|withdrawn)$";
    public const string StatusFault = "is underWay, notStarted, running, failed, succeeded or withdrawn";

    public const string Kinds = "^(removeDevice|unregisterAllDevices|enrollment|removeAccounts|importUsers)$";
    public const string KindFault = "is removeDevice, unregisterAllDevices, enrollment, removeAccounts or importUsers";

    public const int MaxId = 64;
    public const string IdFault = "is at most 64 characters";

    /// <summary>Under way, over <c>c</c>.</summary>
    public const string UnderWay = "c.status IN ('notStarted', 'running')";

    /// <summary>Without progress, over <c>c</c>: <c>updatedAt</c> is written again whenever the work is queued again, which <c>resumes</c> counts.</summary>
    private const string Stalled =
        $"({UnderWay} AND ((c.status = 'notStarted' AND c.updatedAt <= @notStarted) OR (c.status = 'running' AND c.updatedAt <= @running) OR (IS_NUMBER(c.resumes) AND c.resumes > 0)))";

    /// <summary>Reads the filter; what one parameter alone can have wrong was checked before.</summary>
    /// <param name="query">What was asked for.</param>
    /// <param name="options">When work counts as making no progress.</param>
    /// <param name="now">The time.</param>
    /// <param name="fault">The refusal; null when there is a filter.</param>
    /// <returns>The filter; null when it was refused.</returns>
    public static OperationFilter? Read(OperationQuery query, ResumeOptions options, DateTimeOffset now, out IResult? fault)
    {
        fault = QueryTimes.FaultOf(query.From, query.To, out var from, out var to);
        if (fault is not null)
        {
            return null;
        }

        List<string> conditions = ["c.type = 'operation'"];
        List<(string, object)> parameters = [];
        Add(query.Status == "underWay" ? UnderWay : "c.status = @status", "@status", query.Status);
        Add("c.operationId = @operationId", "@operationId", query.OperationId);
        Add("c.kind = @kind", "@kind", query.Kind);
        Add("c.requestedAt >= @from", "@from", from);
        Add("c.requestedAt < @to", "@to", to);
        if (query.Stalled is { } stalled)
        {
            conditions.Add(stalled ? Stalled : $"NOT {Stalled}");
            parameters.Add(("@notStarted", now.AddSeconds(-options.NotStartedSeconds)));
            parameters.Add(("@running", now.AddSeconds(-options.RunningSeconds)));
        }

        return new OperationFilter(string.Join(" AND ", conditions), parameters);

        void Add(string condition, string parameter, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                parameters.Add((parameter, value));
            }
        }
    }

    /// <summary>Whether an operation is one that <c>stalled=true</c> finds.</summary>
    public static bool IsStalled(OperationDocument operation, ResumeOptions options, DateTimeOffset now) =>
        IsStalled(operation.Status, operation.UpdatedAt, operation.Resumes, options, now);

    /// <inheritdoc cref="IsStalled(OperationDocument, ResumeOptions, DateTimeOffset)"/>
    public static bool IsStalled(OperationStatus status, DateTimeOffset updatedAt, int resumes, ResumeOptions options, DateTimeOffset now) => status switch
    {
        OperationStatus.NotStarted => resumes > 0 || updatedAt <= now.AddSeconds(-options.NotStartedSeconds),
        OperationStatus.Running => resumes > 0 || updatedAt <= now.AddSeconds(-options.RunningSeconds),
        _ => false,
    };
}

/// <summary>What of a tenant's operations is asked for; null is whatever there is.</summary>
internal sealed record OperationQuery(string? OperationId, string? Status, bool? Stalled, string? Kind, string? From, string? To)
{
    /// <summary>What was asked for, by name, for the audit of an export.</summary>
    public Dictionary<string, string?> Said() => new (string Name, string? Value)[]
    {
        ("operationId", OperationId), ("status", Status), ("stalled", Stalled is { } stalled ? stalled ? "true" : "false" : null), ("kind", Kind),
        ("from", From), ("to", To),
    }.Where(part => part.Value is not null).ToDictionary(part => part.Name, part => part.Value);
}
