using System.Globalization;
using System.Text.Json.Nodes;

namespace BlokSec.Functions.Scim;

/// <summary>Compares values as their attribute says: booleans, times, and text with or without case.</summary>
internal static class ScimComparison
{
    /// <summary>The comparison, its value in the attribute's kind.</summary>
    /// <exception cref="ScimRefusal">The attribute cannot be compared with such a value, or not so.</exception>
    public static ScimFilter.Compare Checked(ScimPath path, ScimOperator comparison, JsonNode? value)
    {
        var attribute = path.Sub ?? path.Attribute!;
        if (value is null)
        {
            return comparison is ScimOperator.Eq or ScimOperator.Ne
                ? new ScimFilter.Compare(path, comparison, Value: null)
                : throw ScimRefusal.InvalidFilter("Nothing is before or after null.");
        }

        if (attribute.Kind == ScimKind.Flag)
        {
            return comparison is ScimOperator.Eq or ScimOperator.Ne && ScimValues.Boolean(value) is { } flag
                ? new ScimFilter.Compare(path, comparison, JsonValue.Create(flag))
                : throw ScimRefusal.InvalidFilter($"{attribute.Name} is compared with true or false, by eq or ne.");
        }

        var text = value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
        return attribute.Kind != ScimKind.Moment || Time(text) is not null
            ? new ScimFilter.Compare(path, comparison, JsonValue.Create(text))
            : throw ScimRefusal.InvalidFilter($"{attribute.Name} is compared with a time.");
    }

    /// <summary>Whether a value that is there compares so.</summary>
    public static bool Holds(ScimAttribute attribute, JsonNode found, ScimOperator comparison, JsonValue expected)
    {
        if (attribute.Kind == ScimKind.Flag)
        {
            return (ScimValues.Boolean(found) == expected.GetValue<bool>()) == (comparison == ScimOperator.Eq);
        }

        if (found is not JsonValue || found.GetValueKind() != System.Text.Json.JsonValueKind.String)
        {
            return comparison == ScimOperator.Ne;
        }

        var (left, right) = (found.GetValue<string>(), expected.GetValue<string>());
        var kind = attribute.IsCaseExact || attribute.Kind == ScimKind.Moment ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return comparison switch
        {
            ScimOperator.Co => left.Contains(right, kind),
            ScimOperator.Sw => left.StartsWith(right, kind),
            ScimOperator.Ew => left.EndsWith(right, kind),
            _ => Holds(attribute.Kind == ScimKind.Moment ? Nullable.Compare(Time(left), Time(right)) : string.Compare(left, right, kind), comparison),
        };
    }

    private static bool Holds(int order, ScimOperator comparison) => comparison switch
    {
        ScimOperator.Eq => order == 0,
        ScimOperator.Ne => order != 0,
        ScimOperator.Gt => order > 0,
        ScimOperator.Ge => order >= 0,
        ScimOperator.Lt => order < 0,
        _ => order <= 0,
    };

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
