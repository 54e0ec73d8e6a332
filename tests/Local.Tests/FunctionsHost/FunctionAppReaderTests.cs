using BlokSec.Local.FunctionsHost;

namespace BlokSec.Local.Tests.FunctionsHost;

public sealed class FunctionAppReaderTests
{
    private static readonly Dictionary<string, string> NoSettings = [];

    [Fact]
    public void Functions_of_every_kind_are_read()
    {
        using var folder = new AppFolder()
            .WithHttp("Remove", "users/{userId}/devices/{deviceId}/removal", "post")
            .WithQueue("FanOut", "%Queue%")
            .WithTimer("Resume", "0 */5 * * * *");
        var app = FunctionAppReader.Read(folder.FullName, new Dictionary<string, string> { ["Queue"] = "revocations" });

        Assert.Equal(["FanOut", "Remove", "Resume"], app.Functions.Select(function => function.Name));
        Assert.Equal(new QueueFunction("FanOut", "msg", "revocations"), app.Functions[0]);
        Assert.Equal(["POST"], Assert.IsType<HttpFunction>(app.Functions[1]).Methods);
        Assert.Equal((TimeSpan.FromMinutes(5), 16, "api"), (app.FunctionTimeout!.Value, app.MaxConcurrentCalls, app.RoutePrefix));
        Assert.StartsWith(AppFolder.EchoHandler, app.Handler.Executable, StringComparison.Ordinal);
    }

    [Fact]
    public void The_executable_is_looked_for_in_the_apps_folder()
    {
        using var folder = new AppFolder(new
        {
            version = "2.0",
            functionTimeout = "-1",
            customHandler = new { description = new { defaultExecutablePath = "App", arguments = new[] { "--quiet" } } },
        });
        var executable = Path.Combine(folder.FullName, OperatingSystem.IsWindows() ? "App.exe" : "App");
        File.WriteAllText(executable, "");
        var app = FunctionAppReader.Read(folder.FullName, NoSettings);
        Assert.Equal((executable, folder.FullName), (app.Handler.Executable, Path.TrimEndingDirectorySeparator(app.Handler.WorkingFolder)));
        Assert.Equal(["--quiet"], app.Handler.Arguments);
        Assert.Null(app.FunctionTimeout);
    }

    [Theory]
    [InlineData("admin/users")]
    [InlineData("runtime")]
    [InlineData("/Admin/x")]
    public void Reserved_routes_are_refused(string route) =>
        AssertRefused(folder => folder.WithHttp("Bad", route, "get"), "reserved");

    [Fact]
    public void Other_triggers_are_refused() => AssertRefused(
        folder => folder.With("Bad", new { type = "queueTrigger", name = "msg", queueName = "q" }), "queueTrigger");

    [Fact]
    public void Other_output_bindings_are_refused() => AssertRefused(
        folder => folder.With("Bad", new { type = "serviceBusTrigger", name = "msg", queueName = "q" }, new { type = "serviceBus", direction = "out", name = "o" }),
        "serviceBusTrigger + serviceBus");

    [Fact]
    public void Topics_are_refused() => AssertRefused(
        folder => folder.With("Bad", new { type = "serviceBusTrigger", name = "msg", topicName = "t", subscriptionName = "s" }), "topicName");

    [Fact]
    public void Batches_are_refused() => AssertRefused(
        folder => folder.With("Bad", new { type = "serviceBusTrigger", name = "msg", queueName = "q", cardinality = "many" }), "cardinality");

    [Fact]
    public void A_schedule_of_five_fields_is_refused() => AssertRefused(folder => folder.WithTimer("Bad", "* * * * *"), "six fields");

    [Fact]
    public void A_setting_that_is_missing_is_refused() => AssertRefused(folder => folder.WithQueue("Bad", "%NoSuchSetting%"), "%NoSuchSetting%");

    [Fact]
    public void A_folder_without_host_json_is_refused()
    {
        using var folder = new AppFolder();
        File.Delete(Path.Combine(folder.FullName, "host.json"));
        Assert.Contains("host.json is missing", Assert.Throws<InvalidDataException>(() => FunctionAppReader.Read(folder.FullName, NoSettings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_http_envelope_is_refused()
    {
        using var folder = new AppFolder(new { version = "2.0", customHandler = new { description = new { defaultExecutablePath = "App" } } });
        folder.WithHttp("Things", "things", "get");
        Assert.Contains("enableForwardingHttpRequest", Assert.Throws<InvalidDataException>(() => FunctionAppReader.Read(folder.FullName, NoSettings)).Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(Action<AppFolder> fill, string expected)
    {
        using var folder = new AppFolder();
        fill(folder);
        var refusal = Assert.Throws<InvalidDataException>(() => FunctionAppReader.Read(folder.FullName, NoSettings));
        Assert.StartsWith("Function Bad: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }
}
