using System.Text;
using System.Text.Json;

namespace BlokSec.Verify.Audit;

/// <summary>The lines of an export, one after the other, each in its one meaning: memory holds one of them.</summary>
internal static class AuditLines
{
    /// <summary>Characters of a line; the database keeps no larger document.</summary>
    private const int Longest = 4 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    private static readonly Dictionary<string, HashSet<string>> Members = new()
    {
        ["evidence"] = ["kind", "version", "tenant", "issuer", "at", "first", "last"],
        ["block"] = ["kind", "block"],
        ["entry"] = ["kind", "block", "entry"],
        ["root"] = ["kind", "jws"],
        ["end"] = ["kind", "blocks", "entries", "roots"],
    };

    /// <summary>Reads them.</summary>
    /// <exception cref="FormatException">A line is too long, or has other members than its kind has.</exception>
    /// <exception cref="JsonException">A line is no JSON, or a member is in it twice.</exception>
    public static IEnumerable<(string Kind, JsonElement Line)> Read(TextReader file)
    {
        foreach (var text in Split(file))
        {
            using var json = JsonDocument.Parse(text, Strict);
            var line = json.RootElement;
            var kind = Text(line, "kind");
            if (!Members.TryGetValue(kind, out var members) || !members.SetEquals(line.EnumerateObject().Select(member => member.Name)))
            {
                throw new FormatException();
            }

            yield return (kind, line);
        }
    }

    /// <summary>A document in a line. What begins with an underscore is of the database and outside every hash: an export has none of it.</summary>
    public static JsonElement Document(JsonElement line, string name)
    {
        var document = line.GetProperty(name);
        return document.EnumerateObject().Any(member => member.Name.StartsWith('_')) ? throw new FormatException() : document;
    }

    /// <summary>A member that must be a text.</summary>
    public static string Text(JsonElement of, string name) => of.GetProperty(name).GetString() ?? throw new FormatException();

    /// <summary>A member that must be a whole number.</summary>
    public static long Number(JsonElement of, string name) => of.GetProperty(name).GetInt64();

    private static IEnumerable<string> Split(TextReader file)
    {
        var line = new StringBuilder();
        for (var character = file.Read(); character >= 0; character = file.Read())
        {
            if (character == '\n')
            {
                yield return line.ToString();
                line.Clear();
            }
            else
            {
                line.Append(line.Length < Longest ? (char)character : throw new FormatException());
            }
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }
}
