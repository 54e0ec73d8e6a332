using System.Diagnostics;
using System.Reflection;

namespace BlokSec.Benchmarks.Startup;

/// <summary>A published app: the folder that a Functions host is given.</summary>
/// <param name="Folder">The folder with <c>host.json</c>.</param>
/// <param name="Assembly">The name of the assembly that is started, with its extension.</param>
internal sealed record PublishedApp(string Folder, string Assembly);

/// <summary>The function app and the empty one, published in the same way.</summary>
internal sealed record PublishedApps(PublishedApp Empty, PublishedApp Ours)
{
    private static readonly string Repository = typeof(PublishedApps).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == "RepositoryFolder").Value!;

    public static async Task<PublishedApps> PublishAsync() =>
        new(await PublishAsync("benchmarks/Startup/EmptyApp", "BlokSec.EmptyApp"), await PublishOursAsync());

    /// <summary>The function app, as it is deployed.</summary>
    public static Task<PublishedApp> PublishOursAsync() => PublishAsync("functions", "BlokSec.Functions");

    private static async Task<PublishedApp> PublishAsync(string project, string name)
    {
        var app = new PublishedApp(Path.Combine(Repository, "artifacts", "startup", name), $"{name}.dll");
        using var publish = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "publish", Path.Combine(Repository, project), "-c", "Release", "-r", "linux-x64", "--no-self-contained", "-o", app.Folder, "-v", "q",
            },
        })!;
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? app : throw new InvalidOperationException($"{project} could not be published.");
    }
}
