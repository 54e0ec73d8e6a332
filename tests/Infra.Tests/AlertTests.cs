using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BlokSec.Functions.Push;
using BlokSec.Functions.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Infra.Tests;

/// <summary>Alerts and workbook ask for what the app measures, and every alert has a cause and a cure.</summary>
public sealed partial class AlertTests
{
    /// <summary>Of the platform, not of the app's meter.</summary>
    private const string PlatformMetric = "http.server.request.duration";

    private static readonly string Manual = Repository.Read("docs", "operations.md");

    [Fact]
    public void Every_alert_has_a_section_with_meaning_cause_and_cure_and_every_section_an_alert()
    {
        var sections = Sections().Matches(Between(Manual, "## Alerts", "## Metrics"));

        Assert.Equal(Alerts(), sections.Select(section => section.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.All(sections, section =>
        {
            Assert.Contains("**Means**", section.Groups[2].Value, StringComparison.Ordinal);
            Assert.Contains("**Cure**", section.Groups[2].Value, StringComparison.Ordinal);
        });
        Assert.All(Alerts(), alert => Assert.Contains($"[{alert}](#{alert})", Manual, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_links_to_its_section()
    {
        var alerts = Deployment.Small.Resources.Where(resource => resource.Type is "Microsoft.Insights/scheduledQueryRules" or "Microsoft.Insights/metricAlerts");

        Assert.All(alerts, alert => Assert.EndsWith(
            $"/docs/operations.md#{alert.ShortName}", alert.Get<string>("properties.description"), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_tells_somebody_when_addresses_are_given()
    {
        var group = Deployment.Large.Single("Microsoft.Insights/actionGroups").Id;

        Assert.All(
            Deployment.Large.OfType("Microsoft.Insights/scheduledQueryRules"),
            alert => Assert.Equal([group], alert.Json.At("properties.actions.actionGroups").Strings()));
        Assert.All(
            Deployment.Large.OfType("Microsoft.Insights/metricAlerts"),
            alert => Assert.Equal(group, alert.Get<string>("properties.actions.0.actionGroupId")));
        Assert.Equal(
            [group],
            Deployment.Large.Single("Microsoft.EventGrid/systemTopics/eventSubscriptions").Json.At("properties.destination.properties.actionGroups").Strings());
    }

    [Fact]
    public void The_metrics_that_are_documented_are_those_of_the_app()
    {
        var documented = MetricRows().Matches(Between(Manual, "## Metrics", "## Reading the workbook")).Select(row => row.Groups[1].Value);

        Assert.Equal(Instruments(), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Alerts_and_workbook_ask_only_for_metrics_that_exist()
    {
        var asked = Queries().SelectMany(query => MetricNames().Matches(query)).Select(match => match.Groups[1].Value).Distinct().ToArray();

        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.Contains(name, Instruments().Append(PlatformMetric)));
    }

    [Fact]
    public void Alerts_and_workbook_ask_only_for_outcomes_events_and_milestones_that_the_app_tells()
    {
        var told = string.Concat(Repository.Sources());
        var asked = Queries().SelectMany(query => TagValues().Matches(query)).SelectMany(match => Quoted().Matches(match.Value.Split("==", 2)[^1]))
            .Select(match => match.Groups[1].Value).Where(value => value is not ("milestone" or "event")).Distinct().ToArray();

        Assert.Contains("claim-locked", asked);
        Assert.Contains("confirmed", asked);
        Assert.All(asked, value => Assert.True(
            told.Contains($"\"{value}\"", StringComparison.Ordinal) || told.Contains($"class {value}", StringComparison.Ordinal), $"Nobody tells {value}."));
    }

    [Fact]
    public void The_workbook_shows_states_times_pushes_and_devices_that_never_confirmed()
    {
        var titles = Workbook().Select(item => item!.At("content.title")?.GetValue<string>()).OfType<string>().ToArray();

        Assert.Contains("Operations by state", titles);
        Assert.Contains("Seconds from the click, per milestone", titles);
        Assert.Contains("Pushes by outcome", titles);
        Assert.Contains("Removed but not confirmed", titles);
    }

    [Fact]
    public void A_dead_letter_of_any_queue_is_told()
    {
        var alert = Deployment.Small.OfType("Microsoft.Insights/metricAlerts").Single(alert => alert.ShortName == "message-dead-lettered");

        Assert.Equal("DeadletteredMessages", alert.Get<string>("properties.criteria.allOf.0.metricName"));
        Assert.Equal(["*"], alert.Json.At("properties.criteria.allOf.0.dimensions.0.values").Strings());
    }

    private static IEnumerable<string> Alerts() => Deployment.Large.Resources
        .Where(resource => resource.Type is "Microsoft.Insights/scheduledQueryRules" or "Microsoft.Insights/metricAlerts"
            or "Microsoft.EventGrid/systemTopics/eventSubscriptions")
        .Select(alert => alert.ShortName)
        .Order(StringComparer.Ordinal);

    private static JsonArray Workbook() => JsonNode.Parse(Repository.Read("infra", "workbook.json"))!["items"]!.AsArray();

    private static string[] Queries() =>
    [
        .. Deployment.Small.OfType("Microsoft.Insights/scheduledQueryRules").Select(alert => alert.Get<string>("properties.criteria.allOf.0.query")),
        .. Workbook().Select(item => item!.At("content.query")?.GetValue<string>()).OfType<string>(),
    ];

    /// <summary>The instruments of the app's meter, as whoever listens is told of them.</summary>
    private static string[] Instruments()
    {
        var names = new HashSet<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == Sources.Name)
                {
                    names.Add(instrument.Name);
                }
            },
        };
        listener.Start();
        Measures.Message("Test", "done");
        using var services = new ServiceCollection().AddMetrics().AddSingleton<PushMetrics>().BuildServiceProvider();
        services.GetRequiredService<PushMetrics>();
        return [.. names.Order(StringComparer.Ordinal)];
    }

    private static string Between(string text, string from, string to) =>
        text[text.IndexOf($"\n{from}\n", StringComparison.Ordinal)..text.IndexOf($"\n{to}\n", StringComparison.Ordinal)];

    [GeneratedRegex(@"^### (\S+)\n(.*?)(?=^### |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Sections();

    [GeneratedRegex(@"^\| `([a-z_.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex MetricRows();

    [GeneratedRegex(@"Name == '([^']+)'")]
    private static partial Regex MetricNames();

    [GeneratedRegex(@"(?:Properties\.\w+\) (?:==|in) |Milestone == )(?:'[^']*'|\([^)]*\))")]
    private static partial Regex TagValues();

    [GeneratedRegex(@"'([^']*)'")]
    private static partial Regex Quoted();
}
