namespace BlokSec.Infra.Tests;

/// <summary>What is deployed compiles, without a warning, against the types of Azure's resources.</summary>
public sealed class BicepTests
{
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["AZURE_ENV_NAME"] = "test",
        ["AZURE_LOCATION"] = "westeurope",
        ["BLOKSEC_API_CLIENT_ID"] = "33333333-3333-3333-3333-333333333333",
    };

    private static readonly string[] Files = [.. Directory
        .EnumerateFiles(Repository.PathOf("infra"), "*.bicep*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".bicep" or ".bicepparam")
        .Select(file => Path.GetRelativePath(Repository.PathOf("infra"), file))
        .Order(StringComparer.Ordinal)];

    [Fact]
    public void The_whole_deployment_and_its_parameters_lint_without_a_warning()
    {
        var (exitCode, output) = Bicep.Run(Environment, "lint", "main.bicepparam");

        Assert.Equal((0, ""), (exitCode, output));
    }

    [Fact]
    public void Every_module_is_part_of_the_deployment_so_that_it_is_linted()
    {
        var texts = Files.Select(file => Repository.Read("infra", file)).ToArray();

        Assert.All(
            Files.Select(file => Path.GetFileName(file)).Where(file => file is not ("main.bicep" or "main.bicepparam")),
            module => Assert.Contains(texts, text => text.Contains($"{module}'", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_file_is_formatted()
    {
        using var copy = new InfraCopy();

        var (exitCode, output) = Bicep.Run(Environment, "format", "--pattern", Path.Combine(copy.Folder, "**/*.bicep*"));

        Assert.True(exitCode == 0, output);
        Assert.All(Files, file => Assert.Equal(
            Repository.Read("infra", file), File.ReadAllText(Path.Combine(copy.Folder, file)).ReplaceLineEndings("\n")));
    }

    [Fact]
    public void The_linter_is_strict()
    {
        var rules = System.Text.Json.Nodes.JsonNode.Parse(Repository.Read("infra", "bicepconfig.json"))!.At("analyzers.core.rules")!.AsObject();

        Assert.All(rules, rule => Assert.Equal("error", rule.Value!["level"]!.GetValue<string>()));
        Assert.DoesNotContain("#disable", string.Concat(Files.Select(file => Repository.Read("infra", file))), StringComparison.Ordinal);
    }
}
