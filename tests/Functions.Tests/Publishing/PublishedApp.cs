using System.Diagnostics;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Publishing;

/// <summary>What is deployed, made by the documented command once in a run of the tests, when the first of them asks for it.</summary>
internal static class PublishedApp
{
    private static readonly Task<string> Published = PublishAsync();

    /// <summary>The folder of the published app, which nobody may change.</summary>
    /// <exception cref="InvalidOperationException">It could not be published; the message has what was printed.</exception>
    public static Task<string> FolderAsync() => Published.WaitAsync(TestContext.Current.CancellationToken);

    private static async Task<string> PublishAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "published");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        using var publish = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "publish", Path.Combine(Approved.Repository, "functions"), "--configuration", "Release", "--runtime", "linux-x64", "--no-self-contained",
                "--output", folder,

                // They have spoken in the build.
                "-p:RunAnalyzers=false",
            },
            RedirectStandardOutput = true,
        })!;
        var said = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? folder : throw new InvalidOperationException($"dotnet publish failed:{Environment.NewLine}{said}");
    }
}
