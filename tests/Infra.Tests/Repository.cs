using System.Reflection;

namespace BlokSec.Infra.Tests;

/// <summary>The files that are deployed and documented.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("Repository");

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>The text of each source file of the function app.</summary>
    public static IEnumerable<string> Sources() => Directory
        .EnumerateFiles(PathOf("functions"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
        .Select(File.ReadAllText);

    public static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
