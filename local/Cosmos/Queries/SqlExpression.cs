using System.Text.Json;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// A scalar expression of Cosmos SQL. A value is a <see cref="JsonElement"/>, whose default stands for undefined. The text of an
/// expression is SQL again, which query plans need.
/// </summary>
internal abstract record SqlExpression
{
    /// <summary>The expressions inside.</summary>
    public virtual IEnumerable<SqlExpression> Inner => [];

    /// <summary>This expression and all inside it.</summary>
    public IEnumerable<SqlExpression> All => Inner.SelectMany(inner => inner.All).Prepend(this);

    public abstract JsonElement Evaluate(SqlScope scope);
}

/// <summary>What an expression is evaluated against.</summary>
internal sealed class SqlScope
{
    public JsonElement Row { get; set; }

    public IReadOnlyDictionary<string, JsonElement> Parameters { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>What aggregates came to, once all rows were seen.</summary>
    public IReadOnlyDictionary<SqlCall, JsonElement>? Aggregated { get; set; }
}

/// <summary>The row: the alias of FROM.</summary>
internal sealed record SqlRow(string Alias) : SqlExpression
{
    public override JsonElement Evaluate(SqlScope scope) => scope.Row;

    public override string ToString() => Alias;
}

internal sealed record SqlConstant(JsonElement Value) : SqlExpression
{
    public override JsonElement Evaluate(SqlScope scope) => Value;

    public override string ToString() => Value.ValueKind == JsonValueKind.Undefined ? "undefined" : Value.GetRawText();
}

internal sealed record SqlParameter(string Name) : SqlExpression
{
    public override JsonElement Evaluate(SqlScope scope) => scope.Parameters.TryGetValue(Name, out var value) ? value : default;

    public override string ToString() => Name;
}

/// <summary>A property or an array element: <c>c.name</c>, <c>c["name"]</c>, <c>c.list[0]</c>.</summary>
internal sealed record SqlMember(SqlExpression Target, SqlExpression Name) : SqlExpression
{
    public override IEnumerable<SqlExpression> Inner => [Target, Name];

    /// <summary>The property names from the row down to here; null when this is no plain path.</summary>
    public IReadOnlyList<string>? Path
    {
        get
        {
            if (Name is not SqlConstant { Value: { ValueKind: JsonValueKind.String } name })
            {
                return null;
            }

            return Target switch
            {
                SqlRow => [name.GetString()!],
                SqlMember { Path: { } path } => [.. path, name.GetString()!],
                _ => null,
            };
        }
    }

    public override JsonElement Evaluate(SqlScope scope)
    {
        var target = Target.Evaluate(scope);
        var name = Name.Evaluate(scope);
        return (target.ValueKind, name.ValueKind) switch
        {
            (JsonValueKind.Object, JsonValueKind.String) => target.TryGetProperty(name.GetString()!, out var value) ? value : default,
            (JsonValueKind.Array, JsonValueKind.Number) =>
                name.TryGetInt32(out var index) && index >= 0 && index < target.GetArrayLength() ? target[index] : default,
            _ => default,
        };
    }

    public override string ToString() => $"{Target}[{Name}]";
}

internal sealed record SqlArray(IReadOnlyList<SqlExpression> Items) : SqlExpression
{
    public override IEnumerable<SqlExpression> Inner => Items;

    public override JsonElement Evaluate(SqlScope scope) => SqlValue.Array(Items.Select(item => item.Evaluate(scope)));

    public override string ToString() => $"[{string.Join(", ", Items)}]";
}

internal sealed record SqlObject(IReadOnlyList<(string Name, SqlExpression Value)> Properties) : SqlExpression
{
    public override IEnumerable<SqlExpression> Inner => Properties.Select(property => property.Value);

    public override JsonElement Evaluate(SqlScope scope) =>
        SqlValue.Object(Properties.Select(property => (property.Name, property.Value.Evaluate(scope))));

    public override string ToString() =>
        $"{{{string.Join(", ", Properties.Select(property => $"{SqlValue.Quote(property.Name)}: {property.Value}"))}}}";
}

internal sealed record SqlNot(SqlExpression Operand) : SqlExpression
{
    public override IEnumerable<SqlExpression> Inner => [Operand];

    public override JsonElement Evaluate(SqlScope scope) => Operand.Evaluate(scope).ValueKind switch
    {
        JsonValueKind.True => SqlValue.False,
        JsonValueKind.False => SqlValue.True,
        _ => default,
    };

    public override string ToString() => $"(NOT {Operand})";
}

internal sealed record SqlNegative(SqlExpression Operand) : SqlExpression
{
    public override IEnumerable<SqlExpression> Inner => [Operand];

    public override JsonElement Evaluate(SqlScope scope) =>
        Operand.Evaluate(scope) is { ValueKind: JsonValueKind.Number } number ? SqlValue.Of(-number.GetDouble()) : default;

    public override string ToString() => $"(-{Operand})";
}

/// <summary><c>IN (...)</c>.</summary>
internal sealed record SqlIn(SqlExpression Needle, IReadOnlyList<SqlExpression> Haystack) : SqlExpression
{
    public override IEnumerable<SqlExpression> Inner => Haystack.Prepend(Needle);

    public override JsonElement Evaluate(SqlScope scope)
    {
        var needle = Needle.Evaluate(scope);
        return needle.ValueKind == JsonValueKind.Undefined
            ? default
            : SqlValue.Of(Haystack.Any(item => SqlValue.AreEqual(needle, item.Evaluate(scope))));
    }

    public override string ToString() => $"({Needle} IN ({string.Join(", ", Haystack)}))";
}
