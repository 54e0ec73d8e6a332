using BlokSec.Local.Faults;
using BlokSec.Local.Live;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.LocalSystem;

public sealed class LiveLogTests : IDisposable
{
    private readonly StringWriter output = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bloksec-log-");

    private string[] Lines => output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        output.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_push_is_a_line_without_the_push_handle()
    {
        Log().Show(new SeenRequest(1, "apns", "send", "POST", "/3/device/5ec7e7") { Status = 429 });

        Assert.Equal("push     APNs  429", Assert.Single(Lines)[14..]);
    }

    [Fact]
    public void A_message_that_is_sent_for_later_is_a_retry()
    {
        Log().Show(new SeenRequest(1, "servicebus", "send", "POST", "/revoke-pushes/messages")
        {
            Status = 201,
            Searchable = """/revoke-pushes/messages {"MessageId":"1","ScheduledEnqueueTimeUtc":"Sat, 28 Nov 2026 18:00:00 GMT"} {}""",
        });

        Assert.Equal("retry    to revoke-pushes  at Sat, 28 Nov 2026 18:00:00 GMT", Assert.Single(Lines)[14..]);
    }

    [Theory]
    [InlineData("cosmos", "batch", 0, "fault    Cosmos DB batch  no answer")]
    [InlineData("servicebus", "send", 503, "fault    Service Bus send  503")]
    [InlineData("servicebus", "send", 201, "message  to q  sent")]
    [InlineData("fcm", "send", 200, "push     FCM  200")]
    public void What_matters_is_a_line(string standIn, string operation, int status, string line)
    {
        Log().Show(new SeenRequest(1, standIn, operation, "POST", "/q/messages") { Status = status });

        Assert.Equal(line, Assert.Single(Lines)[14..]);
    }

    [Theory]
    [InlineData("cosmos", "read", 404)]
    [InlineData("cosmos", "batch", 412)]
    [InlineData("servicebus", "receive", 204)]
    [InlineData("signin", "identity-token", 200)]
    public void Everyday_requests_between_the_parts_are_none(string standIn, string operation, int status)
    {
        Log().Show(new SeenRequest(1, standIn, operation, "POST", "/") { Status = status });

        Assert.Empty(Lines);
    }

    [Fact]
    public void Quiet_leaves_events_out_and_keeps_what_the_function_app_has_to_say()
    {
        var log = Log(isQuiet: true);
        log.Show(new LiveEvent("request", "GET /api/users", "200"));
        using var app = new AppOutput(folder.FullName, log);
        app.Take("fail: BlokSec.Functions.Push.ProviderCircuit[1]");
        app.Take("      Apple takes no pushes.");

        Assert.Equal("fail     ProviderCircuit: Apple takes no pushes.", Assert.Single(Lines)[14..]);
    }

    [Fact]
    public void An_exception_of_the_function_app_is_two_lines_and_whole_in_its_file()
    {
        string[] printed =
        [
            "warn: BlokSec.Functions.Hosting.ProblemHandler[2]",
            "      A request could not be carried out.",
            "      System.IO.IOException: The connection broke.",
            "       ---> System.Net.Sockets.SocketException (104): Reset",
            "         at Somewhere()",
        ];
        using (var app = new AppOutput(folder.FullName, Log()))
        {
            Array.ForEach(printed, app.Take);
            app.Take("FanOutRevocation failed: the handler answered 500.");
        }

        Assert.Equal("warn     ProblemHandler: A request could not be carried out.", Lines[0][14..]);
        Assert.Equal("System.IO.IOException: The connection broke.", Lines[1].Trim());
        Assert.Equal("FanOutRevocation failed: the handler answered 500.", Lines[2]);
        Assert.Equal(printed, File.ReadLines(Path.Combine(folder.FullName, AppOutput.FileName)).Take(printed.Length));
    }

    [Fact]
    public void Colours_are_for_terminals_only()
    {
        var happened = new LiveEvent("request", "GET /", "500", LiveLevel.Failure);
        Log().Show(happened);
        Log(isColoured: true).Show(happened);

        Assert.DoesNotContain('\e', Lines[0]);
        Assert.Contains('\e', Lines[1]);
    }

    private LiveLog Log(bool isQuiet = false, bool isColoured = false) => new(output, isColoured, isQuiet, new FakeTimeProvider());
}
