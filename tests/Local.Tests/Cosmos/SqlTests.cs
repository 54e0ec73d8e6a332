using System.Text.Json;
using BlokSec.Local.Cosmos.Keys;
using BlokSec.Local.Cosmos.Queries;
using CsCheck;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class SqlTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private static readonly JsonElement Row = JsonElement.Parse(
        """{"id":"a","n":2,"name":"Anna","yes":true,"none":null,"list":[1,"x",{"a":1}],"inner":{"a":{"b":3}}}""");

    [Theory]
    [InlineData("c.inner.a.b", "3")]
    [InlineData("c[\"inner\"]['a'].b", "3")]
    [InlineData("c.list[2].a", "1")]
    [InlineData("c.list[9]", null)]
    [InlineData("c.none = null", "true")]
    [InlineData("c.name != null", "true")]
    [InlineData("c.missing = null", null)]
    [InlineData("c.missing != null", null)]
    [InlineData("c.name = 2", "false")]
    [InlineData("c.name > 2", null)]
    [InlineData("c.missing AND false", "false")]
    [InlineData("c.missing OR true", "true")]
    [InlineData("c.missing OR false", null)]
    [InlineData("NOT c.missing", null)]
    [InlineData("NOT c.yes OR c.yes", "true")]
    [InlineData("1 + 2 * 3 - -1", "8")]
    [InlineData("(1 + 2) * 3 = 9 AND 7 % 4 = 3", "true")]
    [InlineData("1 / 0", null)]
    [InlineData("'a' || \"b\" = 'ab'", "true")]
    [InlineData("c.missing ?? 'other'", "\"other\"")]
    [InlineData("'it\\'s \\u0041\\n'", "\"it's A\\n\"")]
    [InlineData("[1, c.missing, 'x']", "[1,\"x\"]")]
    [InlineData("{\"a\": c.n, b: c.missing}", "{\"a\":2}")]
    [InlineData("ARRAY_CONTAINS(c.list, {\"a\": 1}, true)", "true")]
    [InlineData("ARRAY_LENGTH(c.list) + LENGTH(c.name)", "7")]
    [InlineData("UPPER(SUBSTRING(c.name, 1, 2))", "\"NN\"")]
    [InlineData("StringEquals(c.name, 'ANNA', true)", "true")]
    [InlineData("IS_OBJECT(c.inner) AND IS_ARRAY(c.list) AND IS_BOOL(c.yes) AND IS_PRIMITIVE(c.none)", "true")]
    [InlineData("c.n NOT BETWEEN 3 AND 4", "true")]
    [InlineData("c.inner = {\"a\": {\"b\": 3.0}}", "true")]
    public void An_expression_has_the_value_that_the_service_gives_it(string text, string? expected)
    {
        var query = SqlText.ParseQuery($"SELECT VALUE {text} FROM c");
        var value = ((SqlSelectValue)query.Select).Value.Evaluate(new SqlScope { Row = Row });
        Assert.Equal(expected, value.ValueKind == JsonValueKind.Undefined ? null : value.GetRawText());
    }

    [Fact]
    public void The_text_of_a_query_means_the_query()
    {
        var leaf = Gen.OneOf(
            Gen.Int[0, 3].Select(number => SqlValue.Of(number).GetRawText()), Gen.String[Gen.Char["ab\"'\\\n ☂"], 0, 4].Select(SqlValue.Quote),
            Gen.Int[0, 4].Select(index => new[] { "c.n", "c.name", "c.list[0]", "c.missing", "true" }[index]));
        var operators = Gen.Int[0, 7].Select(index => new[] { "=", "!=", "<", "+", "AND", "OR", "||", "??" }[index]);
        var expression = Gen.Recursive<string>((depth, inner) => depth == 4 ? leaf : Gen.OneOf(
            leaf, Gen.Select(inner, operators, inner, (left, op, right) => $"({left}) {op} ({right})"), inner.Select(operand => $"NOT ({operand})"),
            Gen.Select(inner, inner, (left, right) => $"({left}) IN ({right}, 1)"), inner.Select(operand => $"[({operand})]")));
        expression.Sample(text =>
        {
            var query = SqlText.ParseQuery($"SELECT VALUE {text} FROM c WHERE {text} ORDER BY c.n DESC OFFSET 1 LIMIT 2");
            var again = SqlText.ParseQuery(query.ToString());
            Assert.Equal(query.ToString(), again.ToString());
            Assert.Equal(Value(query), Value(again));
        });

        static string Value(SqlQuery query)
        {
            var value = ((SqlSelectValue)query.Select).Value.Evaluate(new SqlScope { Row = Row });
            return value.ValueKind == JsonValueKind.Undefined ? "undefined" : value.GetRawText();
        }
    }

    [Theory]
    [InlineData("c.type = 'user' AND c.tenantId = 't1'", "items_by_path", "user")]
    [InlineData("c.tenantId = @t AND (c.type = 'user' OR 'device' = c.type)", "items_by_path", "user device")]
    [InlineData("c.type IN ('a', 'b', 'c') AND c.id = 'x'", "items_by_name", "x")]
    [InlineData("(c.id = 'x' AND c.tenantId = @t) OR (c.id = 'y' AND c.tenantId = @t)", "items_by_name", "x y")]
    [InlineData("STARTSWITH(c.id, 'x')", null, "x x\U0010FFFF")]
    [InlineData("c.type = 'user' OR c.n = 1", null, null)]
    [InlineData("NOT (c.type = 'user')", null, null)]
    [InlineData("c.type = c.name", null, null)]
    [InlineData("c.n = 1", null, null)]
    public void A_comparison_with_a_string_is_looked_up_in_an_index(string where, string? index, string? values)
    {
        var scope = new SqlScope { Parameters = new Dictionary<string, JsonElement> { ["@t"] = SqlValue.Of("t1") } };
        var query = SqlText.ParseQuery("SELECT * FROM c WHERE " + where);
        var filter = new IndexFilter(cosmos.StandIn.Store.Indexes, scope, ["/tenantId", "/userId"]).From(query.Where);
        Assert.Equal(index, filter?.Index is { } name ? name[..Math.Min(13, name.Length)] : null);
        Assert.Equal(values, filter is null ? null : string.Join(' ', filter.Values.Select(value => value.Value)));
    }

    [Theory]
    [InlineData("c.type = 'user'", "c.sortName", null, "user", "ASC")]
    [InlineData("c.type = 'user'", "c.sortName DESC", "m", "user m", "DESC")]
    [InlineData("c.type = 'audit' AND c.id < 'b' AND c.id >= 'a'", "c.id DESC", null, "audit b a", "DESC")]
    [InlineData("c.type = 'user' AND c.sortName > '\uFB01'", "c.sortName", null, "user", "ASC")]
    [InlineData("c.type IN ('user', 'device')", "c.sortName", "m", "user device", null)]
    [InlineData("c.n = 1", "c.sortName", "m", null, null)]
    public void Items_of_one_text_come_in_the_order_of_an_index(string where, string orderBy, string? after, string? values, string? direction)
    {
        var query = SqlText.ParseQuery($"SELECT * FROM c WHERE {where} ORDER BY {orderBy}");
        var begin = after is null ? null : new QueryContinuation("", 0, 0, [SqlValue.Of(after)]);
        var filter = new IndexFilter(cosmos.StandIn.Store.Indexes, new SqlScope(), ["/tenantId", "/userId"]).From(query.Where, query.OrderBy[0], begin);
        Assert.Equal(values, filter is null ? null : string.Join(' ', filter.Values.Select(value => value.Value)));
        Assert.Equal(direction, filter?.Order?.Split(' ')[^1]);
    }

    [Fact]
    public void Partitions_that_are_named_are_looked_up_one_by_one()
    {
        var query = SqlText.ParseQuery("SELECT * FROM c WHERE c.tenantId = 't' AND c.userId IN ('u1', 'u2') AND c.type = 'user'");
        var filter = new IndexFilter(cosmos.StandIn.Store.Indexes, new SqlScope(), ["/tenantId", "/userId"]).From(query.Where);
        Assert.Equal(
            ["user", .. new[] { "u1", "u2" }.Select(user => PartitionKeyValue.Parse($"[\"t\",\"{user}\"]").Effective)],
            filter!.Values.Select(value => value.Value));
    }
}
