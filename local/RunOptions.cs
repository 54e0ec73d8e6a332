using System.Globalization;

namespace BlokSec.Local;

/// <summary>What the command line asks of a local system.</summary>
internal sealed record RunOptions
{
    private const int LowestPort = 1024;

    /// <summary>Whether the data of earlier runs is deleted first.</summary>
    public bool Fresh { get; init; }

    /// <summary>Whether the live log is left out.</summary>
    public bool Quiet { get; init; }

    /// <summary>Whether somebody else starts the function app, such as a debugger.</summary>
    public bool WithoutApp { get; init; }

    /// <summary>Whether somebody else starts the Functions host, such as <c>func start</c>.</summary>
    public bool WithoutHost { get; init; }

    /// <summary>The first of the ports.</summary>
    public int PortBase { get; init; } = LocalPorts.FixedBase;

    /// <summary>Where things listen.</summary>
    public LocalPorts Ports => LocalPorts.From(PortBase);

    /// <summary>Where the data is kept.</summary>
    public string Folder { get; init; } = LocalFolders.State;

    /// <summary>Understands the arguments; null, and the reason why not, when it cannot.</summary>
    public static RunOptions? Parse(IReadOnlyList<string> arguments, out string? wrong)
    {
        var options = new RunOptions();
        wrong = null;
        for (var index = 0; index < arguments.Count; index++)
        {
            switch (arguments[index])
            {
                case "--fresh":
                    options = options with { Fresh = true };
                    break;
                case "--quiet":
                    options = options with { Quiet = true };
                    break;
                case "--without-host":
                    options = options with { WithoutHost = true };
                    break;
                case "--without-app":
                    options = options with { WithoutApp = true };
                    break;
                case "--port-base" when IsPortBase(arguments.ElementAtOrDefault(index + 1), out var port):
                    // Two systems never share their data.
                    options = options with { PortBase = port, Folder = port == LocalPorts.FixedBase ? LocalFolders.State : $"{LocalFolders.State}-{port}" };
                    index++;
                    break;
                case "--port-base":
                    wrong = $"--port-base takes a number from {LowestPort} to {LocalPorts.HighestBase}.";
                    return null;
                default:
                    wrong = $"There is no '{arguments[index]}'.";
                    return null;
            }
        }

        return options;
    }

    private static bool IsPortBase(string? text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= LowestPort and <= LocalPorts.HighestBase;
}
