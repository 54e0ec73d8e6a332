using System.Reflection;
using System.Text.RegularExpressions;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Audit;

/// <summary>Whoever shows alerts relies on a list of all that there are.</summary>
public sealed partial class AlertActionsTests
{
    /// <summary>What the files that raise alerts record besides.</summary>
    private static readonly string[] NoAlerts =
        [nameof(AuditActions.BulkPlanned), nameof(AuditActions.ClaimCreated), nameof(AuditActions.OperationFinished), nameof(AuditActions.UserUnregistered)];

    [Fact]
    public void Every_action_that_the_service_raises_as_an_alert_is_in_the_list_of_alerts()
    {
        var raised = Directory
            .EnumerateFiles(Path.Combine(Approved.Repository, "functions"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .Where(source => Raises().IsMatch(source))
            .SelectMany(source => Action().Matches(source).Select(match => match.Groups[1].Value))
            .Except(NoAlerts)
            .Select(name => (string)typeof(AuditActions).GetField(name, BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!)
            .Order(StringComparer.Ordinal);

        Assert.Equal(AuditAlerts.All.Order(StringComparer.Ordinal), raised);
    }

    [GeneratedRegex(@"\bAlert = true|isAlert: true|\.TryRaiseAsync\(|\.Raise\(")]
    private static partial Regex Raises();

    [GeneratedRegex(@"\bAuditActions\.(\w+)")]
    private static partial Regex Action();
}
