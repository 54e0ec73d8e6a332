using System.Globalization;

namespace BlokSec.Local;

/// <summary>
/// Writes the environment of a function app that somebody else starts, in a form that shells (<c>set -a; . file</c>) and the
/// <c>envFile</c> of VS Code's debugger both read: a line for each variable, the value in single quotes.
/// </summary>
internal static class AppEnvironment
{
    public const string FileName = "app.env";

    /// <summary>Writes the file, for its owner only: it holds the keys of the local system.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string folder, IReadOnlyDictionary<string, string> settings, int port)
    {
        var path = Path.Combine(folder, FileName);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        var all = settings.Append(KeyValuePair.Create("FUNCTIONS_CUSTOMHANDLER_PORT", port.ToString(CultureInfo.InvariantCulture)));
        foreach (var (name, value) in all.OrderBy(setting => setting.Key, StringComparer.Ordinal))
        {
            writer.WriteLine($"{name}='{OneLine(value)}'");
        }

        return path;
    }

    /// <summary>PEM allows spaces where its lines end (RFC 7468, section 3).</summary>
    private static string OneLine(string value) => value.Contains('\'', StringComparison.Ordinal)
        ? throw new InvalidOperationException("A setting of the local system has a quotation mark.")
        : value.ReplaceLineEndings(" ").TrimEnd();
}
