using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Push;
using BlokSec.Functions.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Infra.Tests;

/// <summary>The table of metrics tells what the app tells: names, kinds, units, tags and their values, both ways.</summary>
public sealed partial class MetricsTests
{
    private static readonly Row[] Documented =
    [
        .. Rows().Matches(Repository.Read("functions", "Telemetry", "README.md")).Select(row => new Row(
            row.Groups["name"].Value,
            row.Groups["kind"].Value,
            [.. row.Groups["tags"].Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(tag => Names().Matches(tag).Select(name => name.Groups[1].Value).ToArray())])),
    ];

    [Fact]
    public void Each_metric_is_documented_with_its_kind_its_unit_and_the_tags_that_it_has() =>
        Assert.Equal(
            Recorded().Order(StringComparer.Ordinal),
            Documented.Select(row => $"{row.Name}: {row.Kind} by {string.Join(", ", row.Tags.Select(tag => tag[0]))}").Order(StringComparer.Ordinal));

    [Fact]
    public void The_manual_for_operators_names_the_same_tags()
    {
        var manual = ManualRows().Matches(Repository.Read("docs", "operations.md"))
            .ToDictionary(row => row.Groups[1].Value, row => Names().Matches(row.Groups[2].Value).Select(name => name.Groups[1].Value).ToArray());

        Assert.All(Documented, row => Assert.Equal(row.Tags.Select(tag => tag[0]), manual[row.Name]));
    }

    [Fact]
    public void The_values_of_tags_that_are_documented_are_those_that_the_app_tells() =>
        Assert.Equal(Told(), Documented.SelectMany(row => row.Tags).SelectMany(tag => tag.Skip(1)).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Every measure taken once, as whoever listens sees it.</summary>
    private static List<string> Recorded()
    {
        var seen = new Dictionary<string, string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (instrument.Meter.Name == Sources.Name)
                {
                    meters.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, "counter", tags));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Add(instrument, "histogram", tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, $"histogram, {instrument.Unit}", tags));
        listener.Start();
        Measures.Revocation("blocked", TimeSpan.Zero);
        Measures.SignIn("push-accepted", TimeSpan.Zero);
        Measures.EventDelivery(EventDeliveryState.Delivered, TimeSpan.Zero);
        Measures.Operation(OperationKind.RemoveDevice, "requested");
        using var services = new ServiceCollection().AddMetrics().AddSingleton<PushMetrics>().BuildServiceProvider();
        services.GetRequiredService<PushMetrics>().Count("fcm", "accepted");
        services.GetRequiredService<PushMetrics>().CircuitOpened("fcm");
        Measures.Mail("sent");
        Measures.AuditStreamed("logs", "sent", 1, TimeSpan.Zero);
        Measures.PushOverdue();
        Measures.Unreadable(OperationDocument.DocumentType);
        Measures.Message("Function", "done");
        Measures.Delay("queue", TimeSpan.Zero);
        Measures.SecurityEvent("claim-locked");
        Measures.Invocation("Function", "cosmos", 0);
        return [.. seen.Values];

        void Add(Instrument instrument, string kind, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen.TryAdd(instrument.Name, $"{instrument.Name}: {kind} by {string.Join(", ", tags.ToArray().Select(tag => tag.Key))}");
    }

    /// <summary>The words that the app's sources use for outcomes, milestones, events, providers, kinds and dependencies.</summary>
    private static IEnumerable<string> Told() => Repository.Sources()
        .SelectMany(source => Measured().Matches(source).SelectMany(call => Words().Matches(call.Value)).Select(word => word.Groups[1].Value)
            .Concat(Outcomes().Matches(source).Select(word => word.Groups[1].Value)))
        .Concat(
        [
            UserDocument.DocumentType, DeviceDocument.DocumentType, AccountDocument.DocumentType, ClaimDocument.DocumentType,
            OperationDocument.DocumentType, RevocationDocument.DocumentType, AuthenticationRequestDocument.DocumentType, AuditDocument.DocumentType,
        ])
        .Distinct()
        .Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(?<name>bloksec[a-z_.]+)` \| (?<kind>[^|]*?) \| (?<tags>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"^\| `(bloksec[a-z_.]+)` \|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex ManualRows();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Names();

    [GeneratedRegex(@"Measures\.\w+\([^;]*;|string Word\([^;]*;")]
    private static partial Regex Measured();

    [GeneratedRegex("\"([a-z][a-z-]*)\"")]
    private static partial Regex Words();

    [GeneratedRegex("(?:string Outcome => |lanes\\.Create\\(|Unsent\\(\\w+, )\"([a-z-]+)\"")]
    private static partial Regex Outcomes();

    private sealed record Row(string Name, string Kind, string[][] Tags);
}
