using System.Reflection;
using System.Text.Json;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>A function app's folder that a test fills.</summary>
internal sealed class AppFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("functions-");

    public AppFolder(object? host = null) => Write("host.json", host ?? Host());

    /// <summary>The worker under test, built with the real packages: exits and hangs when asked to.</summary>
    public static string EchoWorker { get; } = Path.GetFullPath(
        typeof(AppFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "EchoWorker").Value!);

    public string FullName => folder.FullName;

    public static object Host(string functionTimeout = "00:05:00", int maxConcurrentCalls = 16) => new
    {
        version = "2.0",
        functionTimeout,
        extensions = new { http = new { routePrefix = "api" }, serviceBus = new { maxConcurrentCalls, maxAutoLockRenewalDuration = "00:05:00" } },
    };

    public void Write(string file, object json) => File.WriteAllText(Path.Combine(FullName, file), JsonSerializer.Serialize(json));

    public void Dispose() => folder.Delete(recursive: true);
}
