using System.Text.Json;
using BlokSec.Local.Cosmos.Items;
using BlokSec.Local.Cosmos.Keys;

namespace BlokSec.Local.Cosmos.Batches;

/// <summary>
/// A batch as the SDKs of other languages send it: a JSON array with one object per operation,
/// <c>{ "operationType", "id"?, "resourceBody"?, "ifMatch"?, "partitionKey"? }</c>, answered by one object per result.
/// </summary>
internal static class BatchJson
{
    /// <summary>Whether the body of a batch is JSON, and not HybridRow.</summary>
    public static bool Is(byte[] body) => body.AsSpan().TrimStart(" \r\n\t"u8) is [(byte)'[', ..];

    public static IReadOnlyList<ItemOperation> Read(byte[] body, PartitionKeyValue key)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return [.. json.RootElement.EnumerateArray().Select(operation => ReadOperation(operation, key))];
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw CosmosRefusal.BadRequest($"The batch could not be read: {problem.Message}");
        }
    }

    public static byte[] Write(IReadOnlyList<ItemResult> results)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var result in results)
            {
                WriteResult(writer, result);
            }

            writer.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private static ItemOperation ReadOperation(JsonElement operation, PartitionKeyValue key)
    {
        if (Text(operation, "partitionKey") is { } own && PartitionKeyValue.Parse(own).Text != key.Text)
        {
            throw CosmosRefusal.BadRequest(
                "One or more operations within the batch request have a different partition key value than the request.");
        }

        var body = operation.TryGetProperty("resourceBody", out var resource) ? JsonSerializer.SerializeToUtf8Bytes(resource) : [];
        return new(
            Kind(operation.GetProperty("operationType").GetString()),
            key,
            Text(operation, "id"),
            body,
            Text(operation, "ifMatch"),
            Text(operation, "ifNoneMatch"),
            operation.TryGetProperty("minimalReturnPreference", out var minimal) && minimal.ValueKind == JsonValueKind.True);
    }

    private static string Kind(string? type) => type switch
    {
        "Create" => CosmosOperation.Create,
        "Read" => CosmosOperation.Read,
        "Replace" => CosmosOperation.Replace,
        "Upsert" => CosmosOperation.Upsert,
        "Patch" => CosmosOperation.Patch,
        "Delete" => CosmosOperation.Delete,
        _ => throw CosmosRefusal.Unsupported($"operation type '{type}' in a batch"),
    };

    private static string? Text(JsonElement operation, string name) =>
        operation.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private static void WriteResult(Utf8JsonWriter writer, ItemResult result)
    {
        writer.WriteStartObject();
        writer.WriteNumber("statusCode", result.Status);
        writer.WriteNumber("subStatusCode", result.SubStatus);
        writer.WriteNumber("requestCharge", result.Charge);
        if (result.ETag is not null)
        {
            writer.WriteString("eTag", result.ETag);
        }

        if (result.Body is not null)
        {
            writer.WritePropertyName("resourceBody");
            writer.WriteRawValue(result.Body);
        }

        writer.WriteEndObject();
    }
}
