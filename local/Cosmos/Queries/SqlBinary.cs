using System.Text.Json;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// An operator with two operands. Equality of different types is false, their order undefined; AND and OR know three values
/// (https://learn.microsoft.com/azure/cosmos-db/nosql/query/equality-comparison-operators and logical-operators).
/// </summary>
internal sealed record SqlBinary(string Operator, SqlExpression Left, SqlExpression Right) : SqlExpression
{
    public override IEnumerable<SqlExpression> Inner => [Left, Right];

    public override JsonElement Evaluate(SqlScope scope) => Operator switch
    {
        "AND" => Logical(scope, JsonValueKind.False),
        "OR" => Logical(scope, JsonValueKind.True),
        "=" or "!=" => Equality(Left.Evaluate(scope), Right.Evaluate(scope)),
        "<" or "<=" or ">" or ">=" => Order(Left.Evaluate(scope), Right.Evaluate(scope)),
        "??" => Left.Evaluate(scope) is { ValueKind: not JsonValueKind.Undefined } left ? left : Right.Evaluate(scope),
        "||" => Join(Left.Evaluate(scope), Right.Evaluate(scope)),
        _ => Arithmetic(Left.Evaluate(scope), Right.Evaluate(scope)),
    };

    public override string ToString() => $"({Left} {Operator} {Right})";

    /// <summary>One operand decides alone; else both must be known.</summary>
    private JsonElement Logical(SqlScope scope, JsonValueKind deciding)
    {
        var left = Left.Evaluate(scope).ValueKind;
        if (left == deciding)
        {
            return SqlValue.Of(deciding == JsonValueKind.True);
        }

        var right = Right.Evaluate(scope).ValueKind;
        return right == deciding ? SqlValue.Of(deciding == JsonValueKind.True)
            : left is JsonValueKind.True or JsonValueKind.False && right is JsonValueKind.True or JsonValueKind.False
                ? SqlValue.Of(deciding == JsonValueKind.False)
                : default;
    }

    private JsonElement Equality(JsonElement left, JsonElement right) =>
        left.ValueKind == JsonValueKind.Undefined || right.ValueKind == JsonValueKind.Undefined
            ? default
            : SqlValue.Of(SqlValue.AreEqual(left, right) == (Operator == "="));

    private JsonElement Order(JsonElement left, JsonElement right)
    {
        var comparable = SqlValue.Rank(left) == SqlValue.Rank(right)
            && left.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null;
        if (!comparable)
        {
            return default;
        }

        var order = SqlValue.Compare(left, right);
        return SqlValue.Of(Operator switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }

    private static JsonElement Join(JsonElement left, JsonElement right) =>
        left.ValueKind == JsonValueKind.String && right.ValueKind == JsonValueKind.String
            ? SqlValue.Of(left.GetString() + right.GetString())
            : default;

    private JsonElement Arithmetic(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != JsonValueKind.Number || right.ValueKind != JsonValueKind.Number)
        {
            return default;
        }

        var (a, b) = (left.GetDouble(), right.GetDouble());
        var result = Operator switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            _ => a % b,
        };
        return double.IsFinite(result) ? SqlValue.Of(result) : default;
    }
}
