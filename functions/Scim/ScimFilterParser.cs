using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Functions.Scim;

/// <summary>
/// Reads filters, and the paths of operations, which may have a filter in them. The length, the nesting and the number of comparisons have a bound.
/// Values without quotes are taken where a directory's documentation shows them: up to the next blank or closing bracket.
/// </summary>
internal sealed class ScimFilterParser
{
    /// <summary>Characters.</summary>
    public const int MaxLength = 2_000;

    /// <summary>Brackets inside of brackets.</summary>
    public const int MaxDepth = 8;

    /// <summary>Comparisons in one filter.</summary>
    public const int MaxTerms = 32;

    private const string Stops = " \t()[]\"";

    private readonly string text;
    private int at;
    private int depth;
    private int terms;

    private ScimFilterParser(string text)
    {
        this.text = text;
        if (text.EnumerateRunes().Contains(Rune.ReplacementChar))
        {
            // What half of a surrogate pair is read as.
            throw ScimRefusal.InvalidFilter("The filter is not valid Unicode.");
        }
    }

    /// <exception cref="ScimRefusal">It is not a filter, it is too large, or it names what there is not.</exception>
    public static ScimFilter Parse(string filter)
    {
        if (filter.Length > MaxLength)
        {
            throw ScimRefusal.InvalidFilter($"The filter is longer than {MaxLength} characters.");
        }

        var parser = new ScimFilterParser(filter);
        var parsed = parser.ReadOr(parent: null);
        parser.Blanks();
        return parser.at == filter.Length ? parsed : throw parser.Fault();
    }

    /// <summary>Reads the path of an operation: <c>attribute[filter].sub</c> and what is simpler.</summary>
    /// <param name="path">The path.</param>
    /// <param name="target">What it names; null when no schema knows it.</param>
    /// <param name="filter">Which values of a multi-valued attribute; null for all.</param>
    /// <exception cref="ScimRefusal">It is not a path.</exception>
    public static bool TryParsePath(string path, out ScimPath? target, out ScimFilter? filter)
    {
        (target, filter) = (null, null);
        var open = path.IndexOf('[', StringComparison.Ordinal);
        if (path.Length > MaxLength)
        {
            throw ScimRefusal.InvalidPath($"The path is longer than {MaxLength} characters.");
        }

        if (open < 0)
        {
            return ScimPath.TryParse(path, out target);
        }

        if (!ScimPath.TryParse(path[..open], out var parent))
        {
            return false;
        }

        if (parent.Mutability == ScimMutability.Dropped)
        {
            target = parent;
            return true;
        }

        if (parent is not { Attribute: { IsMultiValued: true } attribute, Sub: null })
        {
            throw ScimRefusal.InvalidPath("Only attributes with several values take a filter.");
        }

        var parser = new ScimFilterParser(path) { at = open + 1 };
        filter = parser.ReadOr(parent);
        parser.Blanks();
        if (!parser.Take(']'))
        {
            throw ScimRefusal.InvalidPath("The filter in the path does not end.");
        }

        var rest = path[parser.at..];
        var sub = rest.Length == 0 ? null : rest[0] == '.' ? attribute.Sub(rest[1..]) : null;
        target = rest.Length == 0 || sub is not null ? parent with { Sub = sub } : null;
        return target is not null;
    }

    private ScimFilter ReadOr(ScimPath? parent)
    {
        var left = ReadAnd(parent);
        while (TakeWord("or"))
        {
            left = new ScimFilter.Or(left, ReadAnd(parent));
        }

        return left;
    }

    private ScimFilter ReadAnd(ScimPath? parent)
    {
        var left = ReadTerm(parent);
        while (TakeWord("and"))
        {
            left = new ScimFilter.And(left, ReadTerm(parent));
        }

        return left;
    }

    private ScimFilter ReadTerm(ScimPath? parent)
    {
        Blanks();
        if (Take('('))
        {
            return ReadGroup(parent);
        }

        var name = ReadName();
        if (name.Equals("not", StringComparison.OrdinalIgnoreCase) && TakeAfterBlanks('('))
        {
            return new ScimFilter.Not(ReadGroup(parent));
        }

        if (++terms > MaxTerms)
        {
            throw ScimRefusal.InvalidFilter($"The filter has more than {MaxTerms} comparisons.");
        }

        var path = Resolve(name, parent);
        return Take('[') ? ReadValues(path, parent) : ReadComparison(path);
    }

    private ScimFilter ReadGroup(ScimPath? parent)
    {
        if (++depth > MaxDepth)
        {
            throw ScimRefusal.InvalidFilter($"The filter is nested deeper than {MaxDepth}.");
        }

        var inner = ReadOr(parent);
        depth--;
        return TakeAfterBlanks(')') ? inner : throw Fault();
    }

    /// <summary><c>emails[type eq "work"]</c>, and <c>emails[type eq "work"].value eq "x"</c>, which directories write too.</summary>
    private ScimFilter.Any ReadValues(ScimPath path, ScimPath? parent)
    {
        if (parent is not null || path is not { Attribute: { IsMultiValued: true, Kind: ScimKind.Complex } attribute, Sub: null })
        {
            throw Fault();
        }

        var inner = ReadOr(path);
        if (!TakeAfterBlanks(']'))
        {
            throw Fault();
        }

        if (Take('.'))
        {
            var sub = attribute.Sub(ReadName()) ?? throw Fault();
            inner = new ScimFilter.And(inner, ReadComparison(path with { Sub = sub }));
        }

        return new ScimFilter.Any(path, inner);
    }

    private ScimFilter ReadComparison(ScimPath path)
    {
        Blanks();
        var word = ReadName();
        if (word.Equals("pr", StringComparison.OrdinalIgnoreCase))
        {
            return new ScimFilter.Present(path);
        }

        if (word.Any(char.IsDigit) || !Enum.TryParse<ScimOperator>(word, ignoreCase: true, out var comparison))
        {
            throw ScimRefusal.InvalidFilter("The filter has an operator that is not known.");
        }

        // Of a complex attribute its value is compared.
        var compared = path is { Attribute.Kind: ScimKind.Complex, Sub: null } ? path with { Sub = path.Attribute.Sub("value") ?? throw Fault() } : path;
        Blanks();
        return ScimComparison.Checked(compared, comparison, ReadValue());
    }

    private JsonNode? ReadValue()
    {
        if (at < text.Length && text[at] == '"')
        {
            var start = at++;
            while (at < text.Length && text[at] != '"')
            {
                at += text[at] == '\\' ? 2 : 1;
            }

            at++;
            return at <= text.Length ? ReadJson(text[start..at]) : throw Fault();
        }

        var word = ReadName();
        return word.ToUpperInvariant() switch
        {
            "" => throw Fault(),
            "NULL" => null,
            "TRUE" => JsonValue.Create(true),
            "FALSE" => JsonValue.Create(false),
            _ => JsonValue.Create(word),
        };
    }

    private JsonValue ReadJson(string quoted)
    {
        try
        {
            return JsonValue.Create(JsonSerializer.Deserialize<string>(quoted))!;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Fault();
        }
    }

    private static ScimPath Resolve(string name, ScimPath? parent)
    {
        if (parent is null)
        {
            return ScimPath.TryParse(name, out var path) && path.Attribute is { Mutability: not ScimMutability.Dropped }
                ? path
                : throw ScimRefusal.InvalidFilter("The filter names an attribute that users do not have.");
        }

        return parent.Attribute!.Sub(name) is { } sub
            ? parent with { Sub = sub }
            : throw ScimRefusal.InvalidFilter("The filter names a sub-attribute that there is not.");
    }

    private string ReadName()
    {
        var start = at;
        while (at < text.Length && !Stops.Contains(text[at], StringComparison.Ordinal))
        {
            at++;
        }

        return text[start..at];
    }

    private void Blanks()
    {
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }
    }

    private bool Take(char expected)
    {
        var found = at < text.Length && text[at] == expected;
        at += found ? 1 : 0;
        return found;
    }

    private bool TakeAfterBlanks(char expected)
    {
        Blanks();
        return Take(expected);
    }

    private bool TakeWord(string word)
    {
        Blanks();
        var end = at + word.Length;
        if (end >= text.Length
            || !text.AsSpan(at, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)
            || text[end] is not (' ' or '\t' or '('))
        {
            return false;
        }

        at = end;
        return true;
    }

    private ScimRefusal Fault() => ScimRefusal.InvalidFilter($"The filter cannot be read at character {at + 1}.");
}
