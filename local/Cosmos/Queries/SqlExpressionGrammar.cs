using System.Globalization;
using Parlot.Fluent;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>The grammar of scalar expressions, from OR down to literals.</summary>
internal static class SqlExpressionGrammar
{
    /// <summary>Words of the language. As in the service a property of such a name is written <c>c["value"]</c>, not <c>c.value</c>.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "SELECT", "TOP", "VALUE", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "BETWEEN", "ORDER", "BY", "ASC", "DESC", "OFFSET", "LIMIT",
        "AS", "TRUE", "FALSE", "NULL", "UNDEFINED", "DISTINCT", "JOIN", "GROUP", "EXISTS", "LIKE", "UDF", "ARRAY", "ESCAPE",
    };

    /// <summary>A name that is no word of the language.</summary>
    public static Parser<string> Name { get; } = Terms.Identifier().Then(name => name.ToString()).When((_, name) => !Reserved.Contains(name));

    public static Parser<SqlExpression> Expression { get; } = Build();

    public static Parser<string> Word(string word) => Terms.Keyword(word, caseInsensitive: true);

    private static Parser<SqlExpression> Build()
    {
        var expression = Deferred<SqlExpression>();
        var operand = Arithmetic(Postfix(Primary(expression), expression));
        var negated = Comparison(operand, expression).Unary((Word("NOT"), inner => new SqlNot(inner)));
        var and = negated.LeftAssociative((Word("AND"), (left, right) => new SqlBinary("AND", left, right)));
        expression.Parser = and.LeftAssociative((Word("OR"), (left, right) => new SqlBinary("OR", left, right)));
        return expression;
    }

    private static Parser<SqlExpression> Arithmetic(Parser<SqlExpression> operand)
    {
        var signed = operand.Unary((Terms.Char('-'), inner => new SqlNegative(inner)));
        var product = signed.LeftAssociative(Operator("*"), Operator("/"), Operator("%"));
        var sum = product.LeftAssociative(Operator("+"), Operator("-"));
        return sum.LeftAssociative(Operator("||"), Operator("??"));
    }

    private static (Parser<string> Op, Func<SqlExpression, SqlExpression, SqlExpression> Factory) Operator(string text) =>
        (Terms.Text(text), (left, right) => new SqlBinary(text, left, right));

    /// <summary>At most one comparison: <c>a = b</c>, <c>a IN (...)</c>, <c>a BETWEEN x AND y</c>.</summary>
    private static Parser<SqlExpression> Comparison(Parser<SqlExpression> operand, Parser<SqlExpression> expression)
    {
        var symbol = OneOf(
            Terms.Text("!="), Terms.Text("<>"), Terms.Text("<="), Terms.Text(">="), Terms.Text("="), Terms.Text("<"), Terms.Text(">"));
        var compare = symbol.And(operand).Then<Func<SqlExpression, SqlExpression>>(
            parts => left => new SqlBinary(parts.Item1 == "<>" ? "!=" : parts.Item1, left, parts.Item2));
        var list = Between(Terms.Char('('), Separated(Terms.Char(','), expression), Terms.Char(')'));
        var isIn = Word("IN").SkipAnd(list).Then<Func<SqlExpression, SqlExpression>>(items => left => new SqlIn(left, items));
        var between = Word("BETWEEN").SkipAnd(operand).AndSkip(Word("AND")).And(operand).Then<Func<SqlExpression, SqlExpression>>(
            parts => left => new SqlBinary("AND", new SqlBinary(">=", left, parts.Item1), new SqlBinary("<=", left, parts.Item2)));
        var not = Word("NOT").SkipAnd(isIn.Or(between)).Then<Func<SqlExpression, SqlExpression>>(inner => left => new SqlNot(inner(left)));
        return operand.And(OneOf(compare, isIn, between, not).Optional())
            .Then(parts => parts.Item2.TryGetValue(out var apply) ? apply!(parts.Item1) : parts.Item1);
    }

    /// <summary><c>.name</c> and <c>[...]</c>, as often as they come.</summary>
    private static Parser<SqlExpression> Postfix(Parser<SqlExpression> primary, Parser<SqlExpression> expression)
    {
        var property = Terms.Char('.').SkipAnd(Name).Then<SqlExpression>(name => new SqlConstant(SqlValue.Of(name)));
        var index = Between(Terms.Char('['), expression, Terms.Char(']'));
        return primary.And(ZeroOrMany(property.Or(index)))
            .Then(parts => parts.Item2.Aggregate(parts.Item1, (target, name) => new SqlMember(target, name)));
    }

    private static Parser<SqlExpression> Primary(Parser<SqlExpression> expression)
    {
        var list = Separated(Terms.Char(','), expression).Optional().Then(items => items.OrSome(null) ?? []);
        var call = Terms.Identifier().AndSkip(Terms.Char('(')).And(list).AndSkip(Terms.Char(')')).Then<SqlExpression>(
            parts => new SqlCall(parts.Item1.ToString().ToUpper(CultureInfo.InvariantCulture), parts.Item2)).When((_, call) => !IsReserved(call));
        var property = Text().Or(Name).AndSkip(Terms.Char(':')).And(expression).Then(parts => (parts.Item1, parts.Item2));
        return OneOf(
            Between(Terms.Char('('), expression, Terms.Char(')')),
            Terms.Number<double>(NumberOptions.Float & ~NumberOptions.AllowLeadingSign).Then<SqlExpression>(number => new SqlConstant(SqlValue.Of(number))),
            Text().Then<SqlExpression>(text => new SqlConstant(SqlValue.Of(text))),
            Word("true").Then<SqlExpression>(_ => new SqlConstant(SqlValue.True)),
            Word("false").Then<SqlExpression>(_ => new SqlConstant(SqlValue.False)),
            Word("null").Then<SqlExpression>(_ => new SqlConstant(SqlValue.Null)),
            Word("undefined").Then<SqlExpression>(_ => new SqlConstant(default)),
            Terms.Char('@').SkipAnd(Literals.Identifier()).Then<SqlExpression>(name => new SqlParameter("@" + name.ToString())),
            Between(Terms.Char('['), list, Terms.Char(']')).Then<SqlExpression>(items => new SqlArray(items)),
            Between(Terms.Char('{'), Separated(Terms.Char(','), property), Terms.Char('}')).Then<SqlExpression>(items => new SqlObject(items)),
            call,
            Name.Then<SqlExpression>(name => new SqlRow(name)));
    }

    private static bool IsReserved(SqlExpression call) => call is SqlCall { Name: var name } && Reserved.Contains(name);

    private static Parser<string> Text() => Terms.String(StringLiteralQuotes.SingleOrDouble).Then(text => text.ToString());
}
