using System.Globalization;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Live;

/// <summary>Shows on the terminal what happens, a line for each event, beside what host and function app print.</summary>
/// <param name="output">Where the lines go.</param>
/// <param name="isColoured">Whether results are coloured: only for somebody who looks at a terminal.</param>
/// <param name="isQuiet">Whether events are left out.</param>
/// <param name="time">The clock of the lines.</param>
internal sealed class LiveLog(TextWriter output, bool isColoured, bool isQuiet, TimeProvider time)
{
    private const string Reset = "\e[0m";
    private const string Dim = "\e[2m";

    private readonly Lock writing = new();

    /// <summary>A log on the terminal of this process.</summary>
    public static LiveLog OfProcess(bool isQuiet) => new(
        Console.Out,
        isColoured: !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        isQuiet,
        TimeProvider.System);

    /// <summary>A line of the host, the function app or the start.</summary>
    public void Print(string line)
    {
        lock (writing)
        {
            output.WriteLine(line);
        }
    }

    /// <summary>Shows an event.</summary>
    public void Show(LiveEvent happened)
    {
        if (!isQuiet)
        {
            ShowAlways(happened);
        }
    }

    /// <summary>Shows an event, also to who wants it quiet: what the function app has to say.</summary>
    public void ShowAlways(LiveEvent happened)
    {
        var clock = time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var colour = Colour(happened.Level);
        Print((isColoured
            ? $"{Dim}{clock}{Reset}  {colour}{happened.Kind,-7}{Reset}  {happened.What}  {colour}{happened.Result}{Reset}"
            : $"{clock}  {happened.Kind,-7}  {happened.What}  {happened.Result}").TrimEnd());
    }

    /// <summary>Shows what is worth a line among the requests that the stand-ins answered.</summary>
    public void Show(SeenRequest request)
    {
        if (!isQuiet && StandInEvents.Of(request) is { } happened)
        {
            Show(happened);
        }
    }

    private static string Colour(LiveLevel level) => level switch
    {
        LiveLevel.Failure => "\e[31m",
        LiveLevel.Attention => "\e[33m",
        _ => "\e[32m",
    };
}
