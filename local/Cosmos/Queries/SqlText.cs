using System.Text.Json;
using System.Text.RegularExpressions;
using Parlot;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>Parses query texts and patch conditions.</summary>
internal static partial class SqlText
{
    public static SqlQuery ParseQuery(string text) =>
        SqlGrammar.Query.TryParse(text, out var query, out var error) ? Checked(query, query.Alias) : throw Refusal(text, error);

    public static SqlExpression ParseCondition(string text)
    {
        if (!SqlGrammar.Condition.TryParse(text, out var condition, out var error))
        {
            throw Refusal(text, error);
        }

        Check(condition.Filter, condition.Alias);
        return condition.Filter;
    }

    private static SqlQuery Checked(SqlQuery query, string alias)
    {
        foreach (var expression in query.Select.Expressions.Concat(query.OrderBy.Select(order => order.Key)).Append(query.Where).OfType<SqlExpression>())
        {
            Check(expression, alias);
        }

        return query;
    }

    private static void Check(SqlExpression expression, string alias)
    {
        foreach (var inner in expression.All)
        {
            if (inner is SqlRow row && row.Alias != alias)
            {
                throw CosmosRefusal.BadRequest($"Identifier '{row.Alias}' could not be resolved.");
            }

            if (inner is SqlCall { IsAggregate: false } call)
            {
                SqlFunctions.Find(call.Name);
            }
        }
    }

    private static CosmosRefusal Refusal(string text, ParseError? error)
    {
        var unsupported = Unsupported().Match(text);
        return unsupported.Success
            ? CosmosRefusal.Unsupported($"{unsupported.Value.Trim()} in the query {text}")
            : CosmosRefusal.BadRequest(JsonSerializer.Serialize(new
            {
                errors = new[] { new { severity = "Error", code = "SC1001", message = $"Syntax error at {error?.Position.Offset ?? 0} of: {text}" } },
            }));
    }

    [GeneratedRegex(@"\b(JOIN|GROUP\s+BY|DISTINCT|EXISTS|LIKE|udf\.|ARRAY\s*\(|ORDER\s+BY\s+RANK|FROM\s+\w+\s+IN)\b|\?(?!\?)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Unsupported();
}
