using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace BlokSec.Benchmarks.Startup;

/// <summary>A published app: the folder that a Functions host would be given.</summary>
internal sealed record PublishedApp(string Folder, string Name)
{
    public string Executable => Path.Combine(Folder, Name);
}

/// <summary>The function app and the empty one, published in the same way.</summary>
internal sealed record PublishedApps(PublishedApp Empty, PublishedApp Ours)
{
    private static readonly string Repository = typeof(PublishedApps).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == "RepositoryFolder").Value!;

    public static async Task<PublishedApps> PublishAsync()
    {
        var ours = await PublishAsync("functions", "BlokSec.Functions");
        var empty = await PublishAsync("benchmarks/Startup/EmptyApp", "BlokSec.EmptyApp");
        await MakeFunctionAppAsync(empty, ours);
        return new PublishedApps(empty, ours);
    }

    private static async Task<PublishedApp> PublishAsync(string project, string name)
    {
        var app = new PublishedApp(Path.Combine(Repository, "artifacts", "startup", name), name);
        using var publish = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "publish", Path.Combine(Repository, project), "-c", "Release", "-r", "linux-x64", "--self-contained", "-o", app.Folder, "-v", "q",
            },
        })!;
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? app : throw new InvalidOperationException($"{project} could not be published.");
    }

    /// <summary>The same host serves both: the empty app is a custom handler with one function.</summary>
    private static async Task MakeFunctionAppAsync(PublishedApp empty, PublishedApp ours)
    {
        const string Function = "GetLiveness/function.json";
        Directory.CreateDirectory(Path.Combine(empty.Folder, Path.GetDirectoryName(Function)!));
        File.Copy(Path.Combine(ours.Folder, Function), Path.Combine(empty.Folder, Function), overwrite: true);

        var host = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(ours.Folder, "host.json")))!;
        host["customHandler"]!["description"]!["defaultExecutablePath"] = empty.Name;
        await File.WriteAllTextAsync(Path.Combine(empty.Folder, "host.json"), host.ToJsonString());
    }
}
