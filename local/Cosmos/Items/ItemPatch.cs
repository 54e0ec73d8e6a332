using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Local.Cosmos.Queries;

namespace BlokSec.Local.Cosmos.Items;

/// <summary>
/// Partial document update (https://learn.microsoft.com/azure/cosmos-db/partial-document-update):
/// <c>{ "condition"?, "operations": [ { "op", "path", "value"?, "from"? } ] }</c>, or the array of operations alone.
/// </summary>
internal static class ItemPatch
{
    /// <summary>The most operations that one patch may have.</summary>
    private const int Most = 10;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The item after the patch; refused with 412 when the condition does not hold for the item.</summary>
    public static byte[] Apply(byte[] item, byte[] patch, IReadOnlyList<string> keyPaths)
    {
        using var json = Parse(patch);
        var operations = json.RootElement;
        if (operations.ValueKind == JsonValueKind.Object)
        {
            if (operations.TryGetProperty("condition", out var condition) && condition.ValueKind == JsonValueKind.String)
            {
                EnsureHolds(condition.GetString()!, item);
            }

            operations.TryGetProperty("operations", out operations);
        }

        if (operations.ValueKind != JsonValueKind.Array || operations.GetArrayLength() is 0 or > Most)
        {
            throw CosmosRefusal.BadRequest($"A patch has between 1 and {Most} operations.");
        }

        var root = JsonNode.Parse(item)!.AsObject();
        foreach (var (index, operation) in operations.EnumerateArray().Index())
        {
            try
            {
                Apply(root, operation, keyPaths);
            }
            catch (Exception problem) when (problem is KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw CosmosRefusal.BadRequest($"For Operation({index + 1}): {problem.Message}");
            }
        }

        return JsonSerializer.SerializeToUtf8Bytes(root, Relaxed);
    }

    private static JsonDocument Parse(byte[] patch)
    {
        try
        {
            return JsonDocument.Parse(patch);
        }
        catch (JsonException)
        {
            throw CosmosRefusal.BadRequest("The input content is invalid: it is not JSON.");
        }
    }

    private static void EnsureHolds(string condition, byte[] item)
    {
        var filter = SqlText.ParseCondition(condition);
        using var json = JsonDocument.Parse(item);
        if (filter.Evaluate(new SqlScope { Row = json.RootElement }).ValueKind != JsonValueKind.True)
        {
            throw CosmosRefusal.PreconditionFailed();
        }
    }

    private static void Apply(JsonObject root, JsonElement operation, IReadOnlyList<string> keyPaths)
    {
        var kind = operation.GetProperty("op").GetString();
        var path = operation.GetProperty("path").GetString()!;
        EnsureOpen(path, keyPaths);
        var target = PatchTarget.Find(root, path);
        switch (kind)
        {
            case "add":
                target.Add(Value(operation));
                break;
            case "set":
                target.Set(Value(operation));
                break;
            case "replace":
                target.Replace(Value(operation));
                break;
            case "remove":
                target.Remove();
                break;
            case "incr":
                target.Increment(operation.GetProperty("value"));
                break;
            case "move":
                var from = operation.GetProperty("from").GetString()!;
                EnsureOpen(from, keyPaths);
                var moved = PatchTarget.Find(root, from).Remove();
                PatchTarget.Find(root, path).Set(moved);
                break;
            default:
                throw CosmosRefusal.BadRequest($"The patch operation '{kind}' is unknown.");
        }
    }

    private static JsonNode? Value(JsonElement operation)
    {
        var value = operation.GetProperty("value");
        return value.ValueKind == JsonValueKind.Null ? null : JsonNode.Parse(value.GetRawText());
    }

    /// <summary>Neither the id, nor the partition key, nor a system property can be patched.</summary>
    private static void EnsureOpen(string path, IReadOnlyList<string> keyPaths)
    {
        var first = path.TrimStart('/').Split('/')[0];
        if (first == "id" || ItemDocument.IsSystem(first) || keyPaths.Contains(path, StringComparer.Ordinal))
        {
            throw CosmosRefusal.BadRequest($"The path '{path}' cannot be patched.");
        }
    }
}
