using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Monitor.OpenTelemetry.Exporter;
using BlokSec.Functions.Telemetry;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using Microsoft.Extensions.DependencyInjection;
using OperationKind = BlokSec.Contracts.OperationKind;

namespace BlokSec.Functions.Tests.Telemetry;

/// <summary>What arrives at Azure Monitor, as its own exporter sends it: what alerts, workbook and a search after a failure stand on.</summary>
public sealed partial class AzureMonitorTests : IAsyncLifetime
{
    private Ingestion ingestion = null!;
    private TestCloud test = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ingestion = await Ingestion.StartAsync();
        test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string>
            {
                ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = ingestion.ConnectionString,
                ["Telemetry__ReadRatio"] = "0",
            },
            Configure = services => services.Configure<AzureMonitorExporterOptions>(options => options.Transport = ingestion.CreateTransport()),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        await ingestion.DisposeAsync();
    }

    [Fact]
    public async Task A_removal_is_one_operation_from_the_click_to_the_phones_confirmation()
    {
        var user = await test.NewUserAsync(phones: 1);

        await test.RemovedAsync(user, 0);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);

        var click = await ArrivedAsync("Request", "\"bloksec.revocation.milestone\":\"blocked\"", user.UserId);
        var pushed = await ArrivedAsync("Request", "\"bloksec.revocation.milestone\":\"push-accepted\"", user.UserId);
        var push = await ArrivedAsync("RemoteDependency", "push apns", user.UserId);
        var confirmed = await ArrivedAsync("Request", "\"bloksec.revocation.milestone\":\"confirmed\"", user.UserId);
        Assert.Single(new[] { click, pushed, push, confirmed }.Select(Operation).Distinct());
        Assert.Equal("BlokSec.Functions", click["tags"]!["ai.cloud.role"]!.GetValue<string>());
        Assert.StartsWith("1.0.0", click["tags"]!["ai.application.ver"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(ingestion.Refused);
    }

    [Fact]
    public async Task The_error_of_a_read_that_is_sampled_away_is_told_with_tenant_and_user()
    {
        var user = await test.NewUserAsync(phones: 1);
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Contains = user.UserId, Status = 500 }))
        {
            Assert.Equal(503, (int)(await test.Admin().AskAsync($"users/{user.UserId}")).Status);
        }

        var failed = await ArrivedAsync("Request", user.UserId);
        var error = await ArrivedAsync("Exception", user.UserId);
        Assert.Equal(Operation(failed), Operation(error));
        Assert.Equal(user.TenantId, Data(error)["properties"]!["tenantId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Alerts_and_workbook_ask_for_properties_that_rows_have()
    {
        var user = await test.NewUserAsync(phones: 1);
        await test.RemovedAsync(user, 0);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Measures.Unreadable("operation");
        Measures.SecurityEvent("claim-locked");
        Measures.Mail("failed");
        Measures.AuditStreamed("eventGrid", "failed", 1);
        Measures.Operation(OperationKind.RemoveDevice, "resumed");
        await ArrivedAsync("Request", "\"bloksec.revocation.milestone\":\"confirmed\"", user.UserId);

        var queries = Queries().ToArray();

        Assert.True(queries.Length > 10);
        foreach (var query in queries)
        {
            var asked = Metrics().Matches(query).Select(name => name.Groups[1].Value).Where(name => name != "bloksec.push.circuit_opened").ToArray();
            foreach (var property in Properties().Matches(query).Select(name => name.Groups[1].Value + name.Groups[2].Value))
            {
                await ArrivedAsync(asked.Length > 0 ? "Metric" : "Request", [.. asked.Take(1), $"\"{property}\":"]);
            }
        }
    }

    private static string Operation(JsonNode envelope) => envelope["tags"]!["ai.operation.id"]!.GetValue<string>();

    private static JsonNode Data(JsonNode envelope) => envelope["data"]!["baseData"]!;

    /// <summary>The queries of the workbook and of the alerts.</summary>
    private static IEnumerable<string> Queries()
    {
        var infra = Path.Combine(Approved.Repository, "infra");
        return JsonNode.Parse(File.ReadAllText(Path.Combine(infra, "workbook.json")))!["items"]!.AsArray()
            .Select(item => (string?)item!["content"]!["query"]).OfType<string>()
            .Concat(AlertQueries().Matches(File.ReadAllText(Path.Combine(infra, "modules", "alerts.bicep"))).Select(query => query.Groups[1].Value));
    }

    /// <summary>The first row of this kind that holds all these texts.</summary>
    private Task<JsonNode> ArrivedAsync(string kind, params string[] texts) => test.UntilAsync(
        () =>
        {
            OtlpReceiver.Flush(test.Services);
            return Task.FromResult(ingestion.Envelopes.FirstOrDefault(envelope =>
                envelope["name"]!.GetValue<string>() == kind && texts.All(text => Data(envelope).ToJsonString().Contains(text, StringComparison.Ordinal))));
        },
        $"{kind} with {string.Join(", ", texts)}");

    [GeneratedRegex("Name == '([^']+)'")]
    private static partial Regex Metrics();

    [GeneratedRegex(@"Properties(?:\.(\w+)|\['([^']+)'\])")]
    private static partial Regex Properties();

    [GeneratedRegex(@"query: '''\n(.*?)'''", RegexOptions.Singleline)]
    private static partial Regex AlertQueries();
}
