using System.Reflection;
using System.Text.Json;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>A function app's folder that a test fills.</summary>
internal sealed class AppFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("functions-");

    public AppFolder(object? host = null) => Write("host.json", host ?? Host());

    /// <summary>The process under test: prints, exits and hangs when asked to.</summary>
    public static string EchoHandler { get; } = Path.GetFullPath(
        typeof(AppFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "EchoHandler").Value!);

    public string FullName => folder.FullName;

    public static object Host(string functionTimeout = "00:05:00", int maxConcurrentCalls = 16) => new
    {
        version = "2.0",
        functionTimeout,
        extensions = new { http = new { routePrefix = "api" }, serviceBus = new { maxConcurrentCalls, maxAutoLockRenewalDuration = "00:05:00" } },
        customHandler = new { description = new { defaultExecutablePath = EchoHandler }, enableForwardingHttpRequest = true },
    };

    public AppFolder WithHttp(string name, string route, params string[] methods) => With(
        name,
        new { type = "httpTrigger", direction = "in", name = "req", authLevel = "anonymous", route, methods },
        new { type = "http", direction = "out", name = "res" });

    public AppFolder WithQueue(string name, string queueName, string binding = "msg") =>
        With(name, new { type = "serviceBusTrigger", direction = "in", name = binding, queueName, connection = "ServiceBus" });

    public AppFolder WithTimer(string name, string schedule, string binding = "tick", bool runOnStartup = false) =>
        With(name, new { type = "timerTrigger", direction = "in", name = binding, schedule, runOnStartup });

    public AppFolder With(string name, params object[] bindings)
    {
        folder.CreateSubdirectory(name);
        Write(Path.Combine(name, "function.json"), new { bindings });
        return this;
    }

    public void Write(string file, object json) => File.WriteAllText(Path.Combine(FullName, file), JsonSerializer.Serialize(json));

    public void Dispose() => folder.Delete(recursive: true);
}
