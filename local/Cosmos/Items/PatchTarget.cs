using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Local.Cosmos.Items;

/// <summary>The place inside an item that a patch operation names with a JSON pointer; its parent must exist.</summary>
internal sealed class PatchTarget
{
    private readonly JsonNode parent;
    private readonly string name;

    private PatchTarget(JsonNode parent, string name)
    {
        this.parent = parent;
        this.name = name;
    }

    private bool Exists => parent is JsonArray array ? name != "-" && Index(array) < array.Count : parent.AsObject().ContainsKey(name);

    public static PatchTarget Find(JsonObject root, string path)
    {
        if (path.Length < 2 || path[0] != '/')
        {
            throw new FormatException($"The path '{path}' is invalid.");
        }

        string[] names = [.. path[1..].Split('/').Select(name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
        JsonNode? node = root;
        foreach (var name in names[..^1])
        {
            node = node switch
            {
                JsonObject item => item[name],
                JsonArray array when Index(array, name) < array.Count => array[Index(array, name)],
                _ => null,
            };
        }

        return node is JsonObject or JsonArray
            ? new(node, names[^1])
            : throw new KeyNotFoundException($"The parent of the path '{path}' does not exist or is no object or array.");
    }

    /// <summary>Sets a property; inserts into an array, <c>-</c> at its end.</summary>
    public void Add(JsonNode? value)
    {
        if (parent is JsonArray array)
        {
            array.Insert(name == "-" ? array.Count : Index(array), value);
        }
        else
        {
            parent.AsObject()[name] = value;
        }
    }

    /// <summary>Like <see cref="Add"/>, but takes the place of an array element that exists.</summary>
    public void Set(JsonNode? value)
    {
        if (parent is JsonArray array && Exists)
        {
            array[Index(array)] = value;
        }
        else
        {
            Add(value);
        }
    }

    public void Replace(JsonNode? value)
    {
        EnsureExists("Replace");
        Set(value);
    }

    /// <summary>Takes the value away and gives it back, free to be put elsewhere.</summary>
    public JsonNode? Remove()
    {
        EnsureExists("Remove");
        JsonNode? value;
        if (parent is JsonArray array)
        {
            var index = Index(array);
            value = array[index];
            array.RemoveAt(index);
        }
        else
        {
            value = parent.AsObject()[name];
            parent.AsObject().Remove(name);
        }

        return value;
    }

    /// <summary>Adds to a number, or sets it when it does not exist.</summary>
    public void Increment(JsonElement by)
    {
        if (!Exists)
        {
            Add(JsonNode.Parse(by.GetRawText()));
            return;
        }

        var value = parent is JsonArray array ? array[Index(array)] : parent[name];
        if (value?.GetValueKind() != JsonValueKind.Number || by.ValueKind != JsonValueKind.Number)
        {
            throw new InvalidOperationException("Increment works on numbers only.");
        }

        Set(long.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out var whole) && by.TryGetInt64(out var more)
            ? JsonValue.Create(whole + more)
            : JsonValue.Create(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) + by.GetDouble()));
    }

    private void EnsureExists(string operation)
    {
        if (!Exists)
        {
            throw new KeyNotFoundException($"{operation} needs a path that exists: '{name}' does not.");
        }
    }

    private int Index(JsonArray array) => Index(array, name);

    private static int Index(JsonArray array, string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= array.Count
            ? index
            : throw new InvalidOperationException($"The array index '{name}' is out of range.");
}
