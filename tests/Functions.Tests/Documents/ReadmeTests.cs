using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local;
using BlokSec.Local.Control;
using BlokSec.Local.Seed;

namespace BlokSec.Functions.Tests.Documents;

/// <summary>What the README tells to type is typed here, and what it names is there.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Text = Approved.Read("README.md");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_calls_of_the_README_work_when_they_are_pasted_one_block_after_the_other()
    {
        await using var test = await TestCloud.StartAsync();
        await new DemoData(test.Cloud.Container, test.Cloud.Owners, test.Cloud.Phones, test.Time)
            .WriteAsync(DemoPeople.All().Single(person => person is { TenantId: DemoPeople.Contoso, UserId: DemoPeople.ThreePhones }), Stop);
        await using var control = await ControlServer.StartAsync(test.Cloud, port: 0);
        var folder = Directory.CreateTempSubdirectory("bloksec-readme-");
        try
        {
            var shown = await TypeAsync(Calls(Text, test.Cloud, control), folder.FullName);

            Assert.Contains("HTTP/1.1 202 Accepted", shown, StringComparison.Ordinal);
            Assert.Contains("\"status\":\"accepted\"", shown, StringComparison.Ordinal);
            Assert.StartsWith("<svg", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "claim.svg"), Stop), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var old = test.Cloud.Phones.Find("maria-s-iphone-16-pro")!;
        await test.UntilAsync(() => Task.FromResult(old.State.Registration is null ? old : null), "Maria's phone is back at welcome");
        Assert.Contains(old.View.Notifications, notification => notification.Title == "Device Revoked");
        Assert.Equal(DemoPeople.ThreePhones, test.Cloud.Phones.Find("new-phone")!.State.Registration?.UserId);
        Assert.Empty(test.Traffic.Faults);
    }

    [Theory]
    [InlineData("local/README.md")]
    [InlineData("local/SignIn/README.md")]
    public async Task The_calls_of_the_pages_about_stand_ins_give_a_token(string path)
    {
        await using var test = await TestCloud.StartAsync();
        await using var control = await ControlServer.StartAsync(test.Cloud, port: 0);
        var calls = $"HEADER={test.Cloud.Keys.IdentityHeader}\n{Calls(Approved.Read(path), test.Cloud, control)}";

        Assert.Contains("\"access_token\":", await TypeAsync(calls, Path.GetTempPath()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("local/README.md")]
    public void Every_address_is_one_of_the_local_system(string path)
    {
        var ports = typeof(LocalPorts).GetProperties().Where(property => property.PropertyType == typeof(int)).Select(property => property.GetValue(LocalPorts.Fixed));
        var named = Address().Matches(Approved.Read(path)).Select(match => (object)int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(ports));
    }

    [Fact]
    public void Every_command_of_the_README_names_a_project_that_exists()
    {
        var named = Project().Matches(Text).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal).ToArray();

        Assert.Equal(["benchmarks", "functions", "local"], named);
        Assert.All(named, name => Assert.Single(Directory.GetFiles(Path.Combine(Approved.Repository, name), "*.csproj")));
        Assert.Single(Directory.GetFiles(Approved.Repository, "*.sln"));
    }

    /// <summary>The calls that a page tells to type, to where the system of a test listens.</summary>
    private static string Calls(string page, LocalCloud cloud, ControlServer control)
    {
        var blocks = ShellBlock().Matches(page).Select(match => match.Groups[1].Value).Where(block => block.Contains("curl ", StringComparison.Ordinal));
        var addresses = new Dictionary<int, Uri>
        {
            [LocalPorts.Fixed.Functions] = cloud.ApiAddress,
            [LocalPorts.Fixed.SignIn] = cloud.SignIn.Address,
            [LocalPorts.Fixed.Control] = control.Address,
        };
        return Address().Replace(
            string.Join('\n', blocks), match => addresses[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)].Authority);
    }

    /// <summary>Every call must succeed, but for those that wait until something is so.</summary>
    private static async Task<string> TypeAsync(string commands, string folder)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-euo", "pipefail", "-s"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await shell.StandardInput.WriteAsync($"curl() {{ command curl --fail-with-body \"$@\"; }}\n{commands}");
        shell.StandardInput.Close();
        var told = shell.StandardError.ReadToEndAsync(Stop);
        var shown = await shell.StandardOutput.ReadToEndAsync(Stop);
        await shell.WaitForExitAsync(Stop);
        Assert.True(shell.ExitCode == 0, $"Exit code {shell.ExitCode}.\n{shown}\n{await told}");
        return shown;
    }

    [GeneratedRegex("^ *```sh\n(.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)\b")]
    private static partial Regex Address();

    [GeneratedRegex(@"dotnet (?:run (?:-c Release )?--project|publish) ([\w/.-]+)")]
    private static partial Regex Project();
}
