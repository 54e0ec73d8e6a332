using System.Diagnostics;
using System.Security.Cryptography;

namespace BlokSec.Local.Tests.LocalSystem;

public sealed class AppEnvironmentTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bloksec-env-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_shell_reads_the_environment_of_the_function_app_with_keys_that_can_be_imported()
    {
        var keys = LocalKeys.LoadOrCreate(folder.FullName);
        var account = """{"private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}""";
        var path = AppEnvironment.Write(
            folder.FullName, new Dictionary<string, string> { ["Push__Apns__PrivateKey"] = keys.ApnsKey, ["Push__Fcm__ServiceAccount"] = account }, 7081);

        Assert.Equal("http://127.0.0.1:7081", await ReadAsync(path, "Functions__Worker__HostEndpoint"));
        Assert.Equal(account, await ReadAsync(path, "Push__Fcm__ServiceAccount"));
        using var key = ECDsa.Create();
        key.ImportFromPem(await ReadAsync(path, "Push__Apns__PrivateKey"));
        Assert.Equal(keys.ApnsPublicKey(), key.ExportSubjectPublicKeyInfoPem());
    }

    [Fact]
    public void The_file_is_for_its_owner_only() => Assert.True(
        OperatingSystem.IsWindows()
        || File.GetUnixFileMode(AppEnvironment.Write(folder.FullName, new Dictionary<string, string>(), 7081)) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

    private static async Task<string> ReadAsync(string path, string name)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"set -a; . '{path}'; printenv {name}"]) { RedirectStandardOutput = true })!;
        var value = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return value.TrimEnd('\n');
    }
}
