using System.Text.RegularExpressions;

namespace BlokSec.Infra.Tests;

/// <summary>The pipeline runs nothing that can change under it, stores no secret, and may do no more than it must.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string[] Workflows =
        [.. Directory.EnumerateFiles(Repository.PathOf(".github", "workflows"), "*.yml").Select(File.ReadAllText)];

    [Fact]
    public void Every_action_is_pinned_to_a_commit_and_says_its_version()
    {
        var uses = Workflows.SelectMany(workflow => Uses().Matches(workflow)).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(uses);
        Assert.All(uses.Where(use => !use.StartsWith("./", StringComparison.Ordinal)), use => Assert.Matches(@"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", use));
    }

    [Fact]
    public void No_secret_is_stored()
    {
        Assert.All(Workflows, workflow => Assert.DoesNotContain("secrets.", workflow, StringComparison.OrdinalIgnoreCase));
        Assert.All(Workflows, workflow => Assert.DoesNotContain("secrets: inherit", workflow, StringComparison.Ordinal));
    }

    [Fact]
    public void A_job_starts_without_permissions_and_gets_to_write_nothing_but_its_identity()
    {
        Assert.All(Workflows, workflow => Assert.Contains("\npermissions: {}\n", workflow, StringComparison.Ordinal));
        Assert.All(
            Workflows.SelectMany(workflow => Writes().Matches(workflow)),
            match => Assert.Equal("id-token", match.Groups[1].Value));
    }

    [Fact]
    public void Checkouts_leave_no_token_behind()
    {
        var text = string.Concat(Workflows);

        Assert.Equal(Regex.Count(text, "uses: actions/checkout@"), Regex.Count(text, "persist-credentials: false"));
    }

    [Fact]
    public void Nothing_that_a_pull_request_says_is_run_as_a_command()
    {
        Assert.All(Workflows, workflow => Assert.DoesNotContain("pull_request_target", workflow, StringComparison.Ordinal));
        Assert.All(
            Workflows.SelectMany(workflow => Scripts().Matches(workflow)), script => Assert.DoesNotContain("${{", script.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void The_pipeline_runs_the_checks_that_everybody_runs() =>
        Assert.Contains(Workflows, workflow => workflow.Contains("bash .ci/run", StringComparison.Ordinal));

    [Fact]
    public void The_pipeline_hands_in_only_what_the_deployment_or_its_hooks_read()
    {
        var read = Repository.Read("infra", "main.bicepparam") + string.Concat(
            Directory.EnumerateFiles(Repository.PathOf("infra", "hooks"), "*.sh").Select(File.ReadAllText));

        Assert.All(
            Workflows.SelectMany(workflow => Handed().Matches(workflow)).Select(match => match.Groups[1].Value),
            name => Assert.Contains(name, read, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"uses: ([^\n]+)")]
    private static partial Regex Uses();

    [GeneratedRegex(@"^ +([\w-]+): write$", RegexOptions.Multiline)]
    private static partial Regex Writes();

    [GeneratedRegex(@"run: (?:\||>)?.*?(?=\n\s*(?:- |#)|\n\S|\z)", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex(@"^ +(BLOKSEC_\w+):", RegexOptions.Multiline)]
    private static partial Regex Handed();
}
