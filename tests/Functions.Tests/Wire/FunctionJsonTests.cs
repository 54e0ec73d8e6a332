using System.Text;
using System.Text.Json;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local;

namespace BlokSec.Functions.Tests.Wire;

public sealed class FunctionJsonTests
{
    private static readonly string App = LocalFolders.FunctionApp;

    [Fact]
    public void The_build_emits_the_approved_functions_and_no_others()
    {
        var files = Directory.GetFiles(App, "function.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var file in files)
        {
            text.Append(Path.GetRelativePath(App, file)).Append('\n').Append(File.ReadAllText(file)).Append('\n');
        }

        Approved.Equal("tests/Functions.Tests/Wire/functions.approved.txt", text.ToString());
    }

    [Fact]
    public void Functions_are_where_the_host_looks_for_them() => Assert.All(
        Directory.GetFiles(App, "function.json", SearchOption.AllDirectories),
        file => Assert.Equal(App, Path.GetDirectoryName(Path.GetDirectoryName(file))));

    [Fact]
    public void No_route_begins_with_what_the_host_keeps_for_itself_and_no_two_functions_share_one()
    {
        var routes = new HashSet<string>();
        foreach (var trigger in Triggers("httpTrigger"))
        {
            var route = trigger.GetProperty("route").GetString()!;
            Assert.DoesNotMatch("^/|^(admin|runtime)", route);
            Assert.True(routes.Add($"{trigger.GetProperty("methods")[0]} {route}"), route);
        }
    }

    [Fact]
    public void The_host_is_told_what_it_has_to_know()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(App, "host.json")));
        var root = host.RootElement;
        Assert.Equal("2.0", root.GetProperty("version").GetString());

        // The original request reaches the app, so that a proof is checked over what the phone sent.
        var handler = root.GetProperty("customHandler");
        Assert.True(handler.GetProperty("enableForwardingHttpRequest").GetBoolean());
        var executable = handler.GetProperty("description").GetProperty("defaultExecutablePath").GetString()!;
        Assert.True(File.Exists(Path.Combine(App, executable)) || File.Exists(Path.Combine(App, $"{executable}.exe")), executable);

        // Every address that is signed or told begins with /api.
        var extensions = root.GetProperty("extensions");
        Assert.Equal("api", extensions.GetProperty("http").GetProperty("routePrefix").GetString());

        // The lock is renewed for as long as a function may run, so no second one runs beside it. A call that is held for the bus ends before.
        var timeout = Duration(root.GetProperty("functionTimeout"));
        Assert.True(Duration(extensions.GetProperty("serviceBus").GetProperty("maxAutoLockRenewalDuration")) >= timeout);
        Assert.True(Redelivery.LongestHold + TimeSpan.FromSeconds(30) < timeout);

        // Triggers and bindings other than HTTP and timer come from the bundle.
        Assert.Equal(
            "Microsoft.Azure.Functions.ExtensionBundle", root.GetProperty("extensionBundle").GetProperty("id").GetString());
    }

    private static TimeSpan Duration(JsonElement text) => TimeSpan.Parse(text.GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<JsonElement> Triggers(string type) => Directory
        .GetFiles(App, "function.json", SearchOption.AllDirectories)
        .SelectMany(file => JsonElement.Parse(File.ReadAllText(file)).GetProperty("bindings").EnumerateArray())
        .Where(binding => binding.GetProperty("type").GetString() == type);
}
