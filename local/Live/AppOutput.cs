using System.Text.RegularExpressions;

namespace BlokSec.Local.Live;

/// <summary>
/// What function app and host print: whole in a file, and for the live log a line for each entry, with the exception's first line
/// below and without its stack.
/// </summary>
internal sealed partial class AppOutput : IDisposable
{
    public const string FileName = "app.log";

    private readonly LiveLog log;
    private readonly StreamWriter file;
    private readonly Lock writing = new();
    private (string Level, string Category)? entry;
    private int linesOfEntry;
    private bool isClosed;

    /// <param name="folder">Where the file is kept; it is overwritten at start.</param>
    /// <param name="log">The live log.</param>
    public AppOutput(string folder, LiveLog log)
    {
        this.log = log;
        Path = System.IO.Path.Combine(folder, FileName);
        file = new StreamWriter(Path, append: false) { AutoFlush = true };
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Takes a line.</summary>
    public void Take(string line)
    {
        lock (writing)
        {
            if (isClosed)
            {
                return;
            }

            file.WriteLine(line);
            if (Header().Match(line) is { Success: true } header)
            {
                entry = (header.Groups["level"].Value, header.Groups["category"].Value.Split('.')[^1]);
                linesOfEntry = 0;
            }
            else if (!line.StartsWith(' '))
            {
                entry = null;
                log.Print(line);
            }
            else if (entry is var (level, category))
            {
                ShowLineOfEntry(level, category, line.Trim());
            }
            else if (!IsOfStack(line))
            {
                log.Print(line);
            }
        }
    }

    public void Dispose()
    {
        lock (writing)
        {
            isClosed = true;
            file.Dispose();
        }
    }

    private void ShowLineOfEntry(string level, string category, string text)
    {
        linesOfEntry++;
        if (linesOfEntry == 1)
        {
            log.ShowAlways(new LiveEvent(level == "info" ? "app" : level, $"{category}: {text}", "", LevelOf(level)));
        }
        else if (linesOfEntry == 2 && !IsOfStack(text))
        {
            log.Print($"{"",23}{text}");
        }
    }

    private static LiveLevel LevelOf(string level) => level switch
    {
        "fail" or "crit" => LiveLevel.Failure,
        "warn" => LiveLevel.Attention,
        _ => LiveLevel.Normal,
    };

    private static bool IsOfStack(string line) => StackLine().IsMatch(line);

    /// <summary>The first line of an entry, as the console logger of .NET writes it.</summary>
    [GeneratedRegex(@"^(?<level>trce|dbug|info|warn|fail|crit): (?<category>.+)\[-?\d+\]$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Header();

    [GeneratedRegex(@"^\s*(at |---)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex StackLine();
}
