using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BlokSec.Contracts;

namespace BlokSec.Verify;

/// <summary>What a check came to, in words for people who have to decide on it.</summary>
/// <param name="Document">What was checked, such as <c>receipt</c>.</param>
internal sealed record Verdict(string Document)
{
    private const int LongestText = 1_000;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether all of it holds together.</summary>
    public bool IsProven => Fault is null;

    /// <summary>Why it is not to be trusted; null when it is.</summary>
    public string? Fault { get; init; }

    /// <summary>What it is about, in a sentence; null when that cannot be trusted.</summary>
    public string? About { get; init; }

    /// <summary>What follows from signatures that hold.</summary>
    public IReadOnlyList<string> Proven { get; init; } = [];

    /// <summary>What does not, and on whose word it rests.</summary>
    public IReadOnlyList<string> NotProven { get; init; } = [];

    /// <summary>The facts in it by name, for programs; empty when they cannot be trusted.</summary>
    public IReadOnlyDictionary<string, string?> Facts { get; init; } = new Dictionary<string, string?>();

    /// <summary>A document that is not to be trusted: nothing of what it says is repeated.</summary>
    public static Verdict Forged(string document, string fault) => new(document) { Fault = fault };

    /// <summary>A text out of a document as a terminal may show it.</summary>
    public static string Plain(string? text) => DisplayText.Clean(text ?? "", LongestText);

    /// <summary>The answer for people.</summary>
    public string ToText()
    {
        if (Fault is not null)
        {
            return $"NOT PROVEN. This {Document} is not to be trusted. {Fault}";
        }

        var text = new StringBuilder(About).AppendLine();
        Append(text, "Proven", Proven);
        Append(text, "Not proven", NotProven);
        return text.ToString().TrimEnd();
    }

    /// <summary>The answer for programs.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Indented);

    private static void Append(StringBuilder text, string title, IReadOnlyList<string> sentences)
    {
        text.AppendLine();
        foreach (var sentence in sentences)
        {
            text.Append(title).Append(": ").AppendLine(sentence);
        }
    }
}
