using System.Buffers;

namespace BlokSec.Functions.Csv;

/// <summary>Lines of CSV (RFC 4180) that a spreadsheet takes for nothing but text.</summary>
internal static class CsvText
{
    public const string MediaType = "text/csv";

    public const string ContentType = $"{MediaType}; charset=utf-8; header=present";

    /// <summary>Before the first line, where a spreadsheet must know that the file is UTF-8.</summary>
    public const string ByteOrderMark = "\uFEFF";

    private const string LineEnd = "\r\n";

    /// <summary>What makes a spreadsheet take a cell for a formula, in both widths.</summary>
    private static readonly SearchValues<char> Formulas = SearchValues.Create("=+-@\t\r＝＋－＠");

    /// <summary>A semicolon separates cells in some countries.</summary>
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",;\"\r\n\t");

    /// <summary>A line with its end. A cell that a spreadsheet would take for a formula begins with an apostrophe.</summary>
    public static string Line(IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell)) + LineEnd;

    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var plain = Formulas.Contains(text[0]) ? $"'{text}" : text;
        return plain.AsSpan().ContainsAny(Quoted) ? $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : plain;
    }
}
