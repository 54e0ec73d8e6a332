using System.Text.Json;

namespace BlokSec.Local;

/// <summary>
/// <c>functions/local.settings.json</c>, which Azure Functions Core Tools read: with it <c>func start</c> runs the function app against this
/// system. It holds the keys of the local system; git ignores it.
/// https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file
/// </summary>
internal static class HostSettingsFile
{
    public const string FileName = "local.settings.json";

    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the file.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string folder, IReadOnlyDictionary<string, string> settings, LocalPorts ports)
    {
        var values = new SortedDictionary<string, string>(settings.ToDictionary(), StringComparer.Ordinal)
        {
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
        };
        var path = Path.Combine(folder, FileName);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        JsonSerializer.Serialize(
            file,
            new
            {
                IsEncrypted = false,
                Values = values,
                Host = new { LocalHttpPort = ports.Functions, CORS = string.Join(',', ports.ConsoleOrigins()) },
            },
            Written);
        return path;
    }

    /// <summary>What to do next.</summary>
    public static string HowToStart(Uri api) =>
        $"""
        The Functions host is not started. Start Microsoft's, in two other terminals:

          npx azurite --silent --location .local/azurite
          cd functions && func start

        Until it answers at {api}, the console says that the service is out, and messages wait in their queues.
        """;
}
