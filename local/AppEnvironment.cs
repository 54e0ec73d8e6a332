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
        foreach (var (name, value) in settings.Concat(OfWorker(port)).OrderBy(setting => setting.Key, StringComparer.Ordinal))
        {
            writer.WriteLine($"{name}='{OneLine(value)}'");
        }

        return path;
    }

    /// <summary>How the worker finds its host: what the host itself would tell it as arguments.</summary>
    private static IEnumerable<KeyValuePair<string, string>> OfWorker(int port) =>
    [
        new("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated"),
        new("FUNCTIONS_APPLICATION_DIRECTORY", LocalFolders.FunctionApp),
        new("Functions__Worker__HostEndpoint", $"http://127.0.0.1:{port}"),
        new("Functions__Worker__WorkerId", Guid.NewGuid().ToString()),
        new("Functions__Worker__RequestId", Guid.NewGuid().ToString()),
        new("Functions__Worker__GrpcMaxMessageLength", int.MaxValue.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>PEM allows spaces where its lines end (RFC 7468, section 3).</summary>
    private static string OneLine(string value) => value.Contains('\'', StringComparison.Ordinal)
        ? throw new InvalidOperationException("A setting of the local system has a quotation mark.")
        : value.ReplaceLineEndings(" ").TrimEnd();
}
