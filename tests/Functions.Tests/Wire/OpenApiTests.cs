using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.OpenApi;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Wire;

[Collection(WireCloud.Name)]
public sealed class OpenApiTests(OpenCloud cloud)
{
    [Fact]
    public async Task The_committed_document_is_the_one_that_is_served()
    {
        var answer = await cloud.Api.SendAsync(HttpMethod.Get, "openapi.json");

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Approved.Equal("docs/openapi.json", $"{answer.Text.ReplaceLineEndings("\n").TrimEnd()}\n");
    }

    [Fact]
    public async Task Every_HTTP_function_but_the_document_itself_is_described()
    {
        var document = await ServedDocument.ReadAsync(cloud);
        var functions = MappedFunction.Names.Where(function => function != nameof(GetOpenApi));

        Assert.Equal(functions.Order(StringComparer.Ordinal), document.Operations.Keys.Order(StringComparer.Ordinal));
        Assert.All(document.Operations.Values, operation =>
        {
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            Assert.All(Parameters(operation), parameter => Assert.NotEmpty(parameter.GetProperty("description").GetString()!));
        });
    }

    [Fact]
    public async Task Every_operation_says_who_may_call_and_how_a_success_looks()
    {
        var document = await ServedDocument.ReadAsync(cloud);

        Assert.All(document.Operations, operation =>
        {
            var isOpen = operation.Value.GetProperty("tags")[0].GetString() == "Everybody";
            Assert.Equal(isOpen, !operation.Value.TryGetProperty("security", out _));
            var successes = operation.Value.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] == '2').ToArray();
            Assert.NotEmpty(successes);
            Assert.All(successes, success => Assert.True(
                success.Name == "204" || operation.Key == "AddSubject" || success.Value.GetProperty("content").EnumerateObject().First().Value.TryGetProperty("schema", out _),
                operation.Key));
        });
    }

    [Fact]
    public async Task Every_member_that_is_sent_or_received_is_described()
    {
        var document = await ServedDocument.ReadAsync(cloud);

        Assert.All(
            document.Root.GetProperty("components").GetProperty("schemas").EnumerateObject()
                .Where(schema => schema.Value.TryGetProperty("properties", out _) && !schema.Name.StartsWith("StatementKey", StringComparison.Ordinal))
                .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject()),
            property => Assert.Contains("\"description\":", property.Value.GetRawText(), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_problem_code_has_the_status_that_the_contract_tells()
    {
        var comments = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "BlokSec.Contracts.xml")).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!.Value);
        var told = typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(
            field => (string)field.GetRawConstantValue()!,
            field => int.Parse(comments[$"F:{typeof(ProblemCodes)}.{field.Name}"].Trim()[..3], CultureInfo.InvariantCulture));

        Assert.Equal(told.OrderBy(pair => pair.Key), ProblemTypes.All.ToDictionary(pair => pair.Key, pair => pair.Value.Status).OrderBy(pair => pair.Key));
    }

    private static IEnumerable<JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [];
}
