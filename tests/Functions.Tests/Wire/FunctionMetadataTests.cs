using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local;

namespace BlokSec.Functions.Tests.Wire;

/// <summary>What the Functions host is told of the functions: what the build makes of their attributes.</summary>
public sealed class FunctionMetadataTests
{
    private static readonly string App = LocalFolders.FunctionApp;
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_build_emits_the_approved_functions_and_no_others()
    {
        // In the order of their names: the build has them in the order of its files.
        var functions = JsonNode.Parse(File.ReadAllText(Path.Combine(App, "functions.metadata")))!.AsArray()
            .OrderBy(function => (string)function!["name"]!, StringComparer.Ordinal)
            .Select(function => function!.DeepClone());

        Approved.Equal(
            "tests/Functions.Tests/Wire/functions.approved.json",
            $"{new JsonArray([.. functions]).ToJsonString(Written).ReplaceLineEndings("\n")}\n");
    }

    [Fact]
    public void No_route_begins_with_what_the_host_keeps_for_itself_and_no_two_functions_share_one()
    {
        var routes = new HashSet<string>();
        foreach (var trigger in Triggers("httpTrigger"))
        {
            var route = trigger.GetProperty("route").GetString()!;
            Assert.DoesNotMatch("^/|^(admin|runtime)", route);
            var methods = trigger.GetProperty("methods").EnumerateArray().ToList();
            Assert.True(methods.Count == 1 || route == "scim/{*path}", route);
            Assert.All(methods, method => Assert.True(routes.Add($"{method} {route}"), route));
        }
    }

    /// <summary>A function key would only be one more secret: every function demands an access token or a device's proof.</summary>
    [Fact]
    public void No_function_asks_for_a_function_key() =>
        Assert.All(Triggers("httpTrigger"), trigger => Assert.Equal("Anonymous", trigger.GetProperty("authLevel").GetString()));

    [Fact]
    public void The_host_is_told_what_it_has_to_know()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(App, "host.json")));
        var root = host.RootElement;
        Assert.Equal("2.0", root.GetProperty("version").GetString());
        Assert.Equal("OpenTelemetry", root.GetProperty("telemetryMode").GetString());

        // The worker tells whole routes: see FunctionRoutes.
        var extensions = root.GetProperty("extensions");
        Assert.Equal("", extensions.GetProperty("http").GetProperty("routePrefix").GetString());

        // The lock is renewed for as long as a function may run, so no second one runs beside it. A call that is held for the bus ends before.
        var timeout = Duration(root.GetProperty("functionTimeout"));
        Assert.True(Duration(extensions.GetProperty("serviceBus").GetProperty("maxAutoLockRenewalDuration")) >= timeout);
        Assert.True(Redelivery.LongestHold + TimeSpan.FromSeconds(30) < timeout);

        // The host ignores a bundle in front of a .NET worker: its extensions come from the build.
        Assert.False(root.TryGetProperty("extensionBundle", out _));
    }

    private static TimeSpan Duration(JsonElement text) => TimeSpan.Parse(text.GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<JsonElement> Triggers(string type) => JsonElement
        .Parse(File.ReadAllText(Path.Combine(App, "functions.metadata"))).EnumerateArray()
        .SelectMany(function => function.GetProperty("bindings").EnumerateArray())
        .Where(binding => binding.GetProperty("type").GetString() == type);
}
