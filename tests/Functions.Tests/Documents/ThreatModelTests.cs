using System.Text.RegularExpressions;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Documents;

public sealed partial class ThreatModelTests
{
    [Fact]
    public void Every_attack_names_a_test_that_exists()
    {
        var tests = typeof(ThreatModelTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods()
                .Where(method => method.IsDefined(typeof(FactAttribute), inherit: true))
                .Select(method => $"{type.Name}.{method.Name}"))
            .Concat(TestsOf("Portal.Tests"))
            .Concat(TestsOf("Browser.Tests"))
            .ToHashSet();
        var named = Test().Matches(Approved.Read("docs/threat-model.md")).Select(match => match.Groups[1].Value).ToArray();

        Assert.True(named.Length > 30);
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    /// <summary>The tests of another project, as its sources name them.</summary>
    private static IEnumerable<string> TestsOf(string project) => Directory
        .EnumerateFiles(Path.Combine(Approved.Repository, "tests", project), "*Tests.cs", SearchOption.AllDirectories)
        .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups[1].Value}"));

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"`([A-Z]\w+Tests\.\w+)`")]
    private static partial Regex Test();
}
