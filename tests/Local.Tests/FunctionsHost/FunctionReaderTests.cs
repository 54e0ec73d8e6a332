using BlokSec.Local.FunctionsHost;

namespace BlokSec.Local.Tests.FunctionsHost;

public sealed class FunctionReaderTests
{
    private static readonly Dictionary<string, string> NoSettings = [];

    [Fact]
    public void Functions_of_every_kind_are_read()
    {
        var functions = Read(
            new FunctionSet()
                .WithHttp("Remove", "users/{userId}/devices/{deviceId}/removal", "post")
                .WithQueue("FanOut", "%Queue%")
                .WithTimer("Resume", "0 */5 * * * *"),
            new Dictionary<string, string> { ["Queue"] = "revocations" });

        var http = Assert.IsType<HttpFunction>(functions[0]);
        Assert.Equal(("Remove", "request", "users/{userId}/devices/{deviceId}/removal"), (http.Name, http.Binding, http.Route));
        Assert.Equal(["POST"], http.Methods);
        var queue = Assert.IsType<QueueFunction>(functions[1]);
        Assert.Equal(("FanOut", "message", "revocations", "ServiceBus"), (queue.Name, queue.Binding, queue.Queue, queue.Connection));
        Assert.False(Assert.IsType<TimerFunction>(functions[2]).RunOnStartup);
        Assert.Equal(
            """{ "functionId": "id of FanOut", "metadata": { "scriptFile": "App.dll", "entryPoint": "App.FanOut", "name": "FanOut", "bindings": { "message": { "type": "serviceBusTrigger", "dataType": "string" } } } }""",
            queue.Load.ToString());
    }

    [Theory]
    [InlineData("admin/users")]
    [InlineData("runtime")]
    [InlineData("/Admin/x")]
    public void Reserved_routes_are_refused(string route) => AssertRefused(set => set.WithHttp("Bad", route, "get"), "reserved");

    [Fact]
    public void Other_triggers_are_refused() =>
        AssertRefused(set => set.With("Bad", new { type = "queueTrigger", name = "msg", queueName = "q" }), "queueTrigger");

    [Fact]
    public void Other_output_bindings_are_refused() => AssertRefused(
        set => set.With("Bad", new { type = "serviceBusTrigger", name = "msg", queueName = "q" }, new { type = "serviceBus", direction = "Out", name = "o" }),
        "serviceBusTrigger + serviceBus");

    [Fact]
    public void Keys_are_refused() => AssertRefused(
        set => set.With("Bad", new { type = "httpTrigger", name = "r", authLevel = "Function", route = "x" }), "authLevel");

    [Fact]
    public void Topics_are_refused() => AssertRefused(
        set => set.With("Bad", new { type = "serviceBusTrigger", name = "msg", topicName = "t", subscriptionName = "s" }), "topicName");

    [Theory]
    [InlineData("cardinality", "Many")]
    [InlineData("isBatched", "true")]
    [InlineData("isSessionsEnabled", "true")]
    [InlineData("autoCompleteMessages", "false")]
    [InlineData("dataType", "Binary")]
    public void What_the_host_does_in_one_way_only_is_refused_in_another(string property, string value) => AssertRefused(
        set => set.With("Bad", new Dictionary<string, string> { ["type"] = "serviceBusTrigger", ["name"] = "m", ["queueName"] = "q", [property] = value }), property switch
        {
            "isSessionsEnabled" => "sessions",
            _ => property,
        });

    [Fact]
    public void Retry_policies_are_refused() => AssertRefused(
        set => set.WithTimer("Bad", "0 * * * * *").All[0].RetryOptions = new() { MaxRetryCount = 3 }, "retry");

    [Fact]
    public void A_schedule_of_five_fields_is_refused() => AssertRefused(set => set.WithTimer("Bad", "* * * * *"), "six fields");

    [Fact]
    public void A_setting_that_is_missing_is_refused() => AssertRefused(set => set.WithQueue("Bad", "%NoSuchSetting%"), "%NoSuchSetting%");

    [Fact]
    public void A_function_without_bindings_is_refused() => AssertRefused(set => set.With("Bad"), "without bindings");

    private static List<Function> Read(FunctionSet functions, Dictionary<string, string> settings) =>
        [.. functions.All.Select(new FunctionReader(settings).Read)];

    private static void AssertRefused(Action<FunctionSet> fill, string expected)
    {
        var set = new FunctionSet();
        fill(set);
        var refusal = Assert.Throws<InvalidDataException>(() => Read(set, NoSettings));
        Assert.StartsWith("Function Bad: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }
}
