using Spectre.Console;

namespace BlokSec.Local.Demo;

/// <summary>
/// Tells a story on a terminal: headings, check marks, tables, timelines and QR codes. Where the output is not a terminal, or
/// <c>NO_COLOR</c> (no-color.org) is set, it is plain text without escape sequences.
/// </summary>
internal sealed class Terminal
{
    // Wide enough for a device id beside its words; a log file has no edge to wrap at
    private const int PlainWidth = 160;

    private readonly IAnsiConsole console;
    private readonly bool plain;

    private Terminal(IAnsiConsole console, bool plain)
    {
        this.console = console;
        this.plain = plain;
    }

    private bool Unicode => console.Profile.Capabilities.Unicode;

    /// <summary>The terminal that this process writes to.</summary>
    public static Terminal OfProcess() => Create(Console.Out, !Console.IsOutputRedirected, Environment.GetEnvironmentVariable);

    /// <summary>A terminal on any writer.</summary>
    /// <param name="output">Where the text goes.</param>
    /// <param name="isTerminal">Whether somebody watches it in a terminal.</param>
    /// <param name="variable">Reads an environment variable.</param>
    public static Terminal Create(TextWriter output, bool isTerminal, Func<string, string?> variable)
    {
        var plain = !isTerminal || !string.IsNullOrEmpty(variable("NO_COLOR")) || variable("TERM") == "dumb";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Yes,
            // The sixteen colours that every terminal has are enough here
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isTerminal)
        {
            console.Profile.Width = PlainWidth;
        }

        return new Terminal(console, plain);
    }

    /// <summary>The title of a story.</summary>
    public void Title(string title)
    {
        console.WriteLine();
        Line(title, new Style(decoration: Decoration.Bold));
        Line(new string(Unicode ? '═' : '=', Math.Min(title.Length, console.Profile.Width)), Style.Plain);
    }

    /// <summary>The heading of a step.</summary>
    public void Heading(int number, int count, string name)
    {
        console.WriteLine();
        Line($"{number}/{count}  {name}", new Style(Color.Aqua, decoration: Decoration.Bold));
    }

    /// <summary>A sentence.</summary>
    public void Say(string text) => Line($"   {text}", Style.Plain);

    /// <summary>Something that was verified.</summary>
    public void Tick(string text) => Line($" {(Unicode ? "✓" : "+")} {text}", new Style(Color.Green));

    /// <summary>Something that is not as it should be.</summary>
    public void Cross(string text) => Line($" {(Unicode ? "✗" : "x")} {text}", new Style(Color.Red, decoration: Decoration.Bold));

    /// <summary>A table.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = Unicode ? TableBorder.Rounded : TableBorder.Ascii };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(new Padder(table, new Padding(3, 0, 0, 0)));
    }

    /// <summary>What happened, with the time since the first entry.</summary>
    public void Timeline(IEnumerable<TimelineEntry> entries)
    {
        var ordered = entries.OrderBy(entry => entry.At).ToList();
        foreach (var entry in ordered)
        {
            var since = (entry.At - ordered[0].At).TotalSeconds;
            var when = FormattableString.Invariant($"+{since,6:0.00} s");
            var detail = entry.Detail is null ? "" : $" ({entry.Detail})";
            Line($"   {when}  {(Unicode ? "●" : "*")} {entry.What}{detail}", Style.Plain);
        }
    }

    /// <summary>A QR code that a phone can scan from the screen.</summary>
    public void Qr(string text)
    {
        var drawing = QrDrawing.Of(text, Unicode, darkOnLight: !plain);
        if (drawing.Width > console.Profile.Width)
        {
            Say("(This window is too narrow to show the QR code.)");
            return;
        }

        var style = plain ? Style.Plain : new Style(Color.Black, Color.White);
        foreach (var line in drawing.Lines)
        {
            Line(line, style);
        }
    }

    /// <summary>Text as it is: nothing in it is taken for markup.</summary>
    private void Line(string text, Style style)
    {
        console.Write(new Text(text, style));
        console.WriteLine();
    }
}

/// <summary>An entry of a timeline.</summary>
/// <param name="At">When.</param>
/// <param name="What">What happened.</param>
/// <param name="Detail">More about it.</param>
internal sealed record TimelineEntry(DateTimeOffset At, string What, string? Detail = null);
