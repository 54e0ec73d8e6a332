using System.Text.Json;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>The OpenAPI document as it is served.</summary>
internal sealed class ServedDocument(JsonElement root)
{
    public JsonElement Root { get; } = root;

    /// <summary>All operations by their id, which is the function's name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Operations { get; } = root.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject())
        .ToDictionary(method => method.Value.GetProperty("operationId").GetString()!, method => method.Value);

    public static async Task<ServedDocument> ReadAsync(OpenCloud cloud) =>
        new((await cloud.Api.SendAsync(HttpMethod.Get, "openapi.json")).Json);

    /// <summary>Asserts that an answer of a function is one that the document tells of: status, kind of content, code.</summary>
    public void AssertTells(string function, RawAnswer answer)
    {
        Assert.True(
            Operations[function].GetProperty("responses").TryGetProperty($"{answer.Status}", out var response),
            $"{function} answered {answer.Status} {answer.Code}, of which the document does not tell.");
        if (answer.ContentType is not null)
        {
            var content = response.GetProperty("content").GetProperty(answer.ContentType);
            Assert.True(
                answer.Code is null || content.GetProperty("examples").TryGetProperty(answer.Code, out _),
                $"{function} answered {answer.Status} {answer.Code}, of which the document does not tell.");
        }
    }
}
