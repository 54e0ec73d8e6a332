using System.Globalization;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Audit;

/// <summary>Which of a tenant's audit entries are asked for.</summary>
/// <param name="Condition">Over <c>c</c>.</param>
/// <param name="Parameters">Values of its parameters.</param>
/// <param name="UserId">Whose entries; null for those of the whole tenant.</param>
internal sealed record AuditFilter(string Condition, IReadOnlyList<(string Name, object Value)> Parameters, string? UserId)
{
    /// <summary>Characters of what is looked for.</summary>
    public const int MaxText = 100;
    public const string TextFault = "is at most 100 characters";

    public const string Users = "^[A-Za-z0-9_-]{1,64}$";
    public const string UserFault = "is 1 to 64 of A-Z a-z 0-9 _ -";

    public const string Operations = "^[0-9a-f]{32}$";
    public const string OperationFault = "is 32 hexadecimal digits";

    /// <summary>Reads the filter; what one parameter alone can have wrong was checked before.</summary>
    /// <param name="query">What was asked for.</param>
    /// <param name="fault">The refusal; null when there is a filter.</param>
    /// <returns>The filter; null when it was refused.</returns>
    public static AuditFilter? Read(AuditQuery query, out IResult? fault)
    {
        fault = QueryTimes.FaultOf(query.From, query.To, out var from, out var to);
        if (fault is not null)
        {
            return null;
        }

        List<string> conditions = ["c.type = 'audit'"];
        List<(string, object)> parameters = [];
        Add("c.id >= @from", "@from", from is { } begin ? FirstIdOf(begin.ToUnixTimeMilliseconds()) : null);
        Add("c.id < @to", "@to", to is { } end ? FirstIdOf((end + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1)).ToUnixTimeMilliseconds()) : null);
        Add("(c.actor.id = @actor OR CONTAINS(c.actor.name, @actor, true))", "@actor", Text(query.Actor));
        Add("c.action = @action", "@action", Text(query.Action));
        Add("ARRAY_CONTAINS(c.targets, @target)", "@target", Text(query.Target));
        Add("c.operationId = @operation", "@operation", Text(query.OperationId));
        Add(
            "(CONTAINS(c.actor.name, @text, true) OR CONTAINS(c.action, @text, true) OR CONTAINS(c.reason, @text, true) OR ARRAY_CONTAINS(c.targets, @text))",
            "@text",
            Text(query.Text));
        if (query.Alert is { } alert)
        {
            conditions.Add(alert ? "c.alert = true" : "NOT (IS_BOOL(c.alert) AND c.alert)");
        }

        return new AuditFilter(string.Join(" AND ", conditions), parameters, Text(query.UserId));

        void Add(string condition, string parameter, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                parameters.Add((parameter, value));
            }
        }
    }

    /// <summary>Comes before the ids of all entries of a millisecond and after those of all earlier ones; see <see cref="AuditEntries.Entry"/>.</summary>
    private static string FirstIdOf(long milliseconds) => string.Create(CultureInfo.InvariantCulture, $"audit:{Math.Max(0, milliseconds):x12}");

    /// <summary>As it was typed, but what stands around it and what is stored in one form only.</summary>
    private static string? Text(string? text) => DisplayTexts.Normalized(text ?? "") is { Length: > 0 } normal ? normal : null;
}

/// <summary>What of a tenant's audit is asked for; null is whatever there is.</summary>
internal sealed record AuditQuery(
    string? From, string? To, string? Actor, string? Action, string? UserId, string? Target, string? OperationId, bool? Alert, string? Text)
{
    /// <summary>What was asked for, by name, for the audit of an export.</summary>
    public Dictionary<string, string?> Said() => new (string Name, string? Value)[]
    {
        ("from", From), ("to", To), ("actor", Actor), ("action", Action), ("userId", UserId), ("target", Target), ("operationId", OperationId),
        ("alert", Alert is { } alert ? alert ? "true" : "false" : null), ("text", Text),
    }.Where(part => part.Value is not null).ToDictionary(part => part.Name, part => part.Value);
}
