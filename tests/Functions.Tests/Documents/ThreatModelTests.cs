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
            .ToHashSet();
        var named = Test().Matches(Approved.Read("docs/threat-model.md")).Select(match => match.Groups[1].Value).ToArray();

        Assert.True(named.Length > 30);
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    [GeneratedRegex(@"`([A-Z]\w+Tests\.\w+)`")]
    private static partial Regex Test();
}
