using System.Diagnostics;
using System.Text.RegularExpressions;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Control;
using BlokSec.Local.Phones;
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
        await new DemoData(test.Cloud.Container, test.Cloud.Phones, test.Time)
            .WriteAsync(DemoPeople.All().Single(person => person is { TenantId: DemoPeople.Contoso, UserId: DemoPeople.ThreePhones }), Stop);
        await using var control = await ControlServer.StartAsync(test.Cloud, port: 0);
        var folder = Directory.CreateTempSubdirectory("bloksec-readme-");
        try
        {
            var blocks = ShellBlock().Matches(Text).Select(match => match.Groups[1].Value).Where(block => block.Contains("curl ", StringComparison.Ordinal));
            var typed = string.Join('\n', blocks);
            foreach (var (written, address) in new[] { (7071, test.Cloud.ApiAddress), (7072, test.Cloud.SignIn.Address), (7079, control.Address) })
            {
                typed = typed.Replace($"127.0.0.1:{written}", address.Authority, StringComparison.Ordinal);
            }

            Assert.DoesNotMatch(FixedPort(), typed);
            var shown = await TypeAsync(typed, folder.FullName);

            Assert.Contains("HTTP/1.1 202 Accepted", shown, StringComparison.Ordinal);
            Assert.StartsWith("<svg", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "claim.svg"), Stop), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var old = test.Cloud.Phones.Find("maria-s-iphone-16-pro")!;
        await test.UntilAsync(() => Task.FromResult(old.State.Registration is null ? old : null), "Maria's phone is back at welcome");
        Assert.Contains(PhoneView.Of(old.State).Notifications, notification => notification.Title == "Device Revoked");
        Assert.Equal(DemoPeople.ThreePhones, test.Cloud.Phones.Find("new-phone")!.State.Registration?.UserId);
        Assert.Empty(test.Traffic.Faults);
    }

    [Fact]
    public void Every_command_of_the_README_names_a_project_that_exists()
    {
        var named = Project().Matches(Text).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal).ToArray();

        Assert.Equal(["benchmarks", "functions", "local"], named);
        Assert.All(named, name => Assert.Single(Directory.GetFiles(Path.Combine(Approved.Repository, name), "*.csproj")));
        Assert.Single(Directory.GetFiles(Approved.Repository, "*.sln"));
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

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"127\.0\.0\.1:70\d\d\b")]
    private static partial Regex FixedPort();

    [GeneratedRegex(@"dotnet (?:run (?:-c Release )?--project|publish) ([\w/.-]+)")]
    private static partial Regex Project();
}
