using System.Reflection;

namespace BlokSec.Local;

/// <summary>Folders that the build knows.</summary>
internal static class LocalFolders
{
    /// <summary>The built function app: the folder with <c>host.json</c>.</summary>
    public static string FunctionApp { get; } = Metadata(nameof(FunctionApp));

    /// <summary>The function app's project, where <c>func start</c> is called.</summary>
    public static string FunctionProject { get; } = Metadata(nameof(FunctionProject));

    /// <summary>The published admin console: the folder with <c>index.html</c>.</summary>
    public static string Portal { get; } = Metadata(nameof(Portal));

    /// <summary>Where <c>dotnet run --project local</c> keeps its state.</summary>
    public static string State { get; } = Metadata(nameof(State));

    private static string Metadata(string name) => typeof(LocalFolders).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == $"{name}Folder").Value!;
}
