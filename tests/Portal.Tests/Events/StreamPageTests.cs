using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Events;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Events;

public sealed class StreamPageTests : ConsoleTest
{
    private const string Streams = "GET /api/signals/streams";
    private const string Events = "GET /api/signals/streams/s-1/events?";

    private static readonly EventStreamDetails Stream = new(
        "s-1", "payroll", "Payroll", true, "https://payroll.example.com/events", ["https://schemas.openid.net/secevent/caep/event-type/session-revoked"],
        EventStreamStatus.Enabled, null, Samples.Now, null, null);

    private static readonly EventDeliveryDetails Refused = new(
        "e-1", "https://schemas.openid.net/secevent/caep/event-type/session-revoked", "maria-lopez", EventDeliveryState.Refused,
        "The receiver answered 400 invalid_audience.", Samples.Now, Samples.Now, null, 1, [new EventAttemptDetails(Samples.Now, "The receiver answered 400 invalid_audience.")]);

    [Fact]
    public void What_a_receiver_refused_is_told_and_sent_again_by_who_manages_applications()
    {
        Answer(Stream, Refused);
        Stub.Answer(
            "POST /api/signals/streams/s-1/events/e-1/delivery", Refused with { State = EventDeliveryState.Waiting, Reason = null },
            PortalJson.Default.EventDeliveryDetails, System.Net.HttpStatusCode.Accepted);
        var page = Open(manages: true);
        Assert.Contains("Sessions ended", Text(page), StringComparison.Ordinal);
        Assert.Contains("Refused", Text(page), StringComparison.Ordinal);
        Assert.Contains("invalid_audience", Text(page), StringComparison.Ordinal);

        page.Find("[data-testid=events] button").Click();

        page.WaitForAssertion(() => Assert.Contains("On its way", Text(page).Replace("Being retried", "On its way", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Equal("The event is sent again.", page.Find("[data-testid=said]").TextContent);
    }

    [Fact]
    public void Who_may_only_look_changes_nothing()
    {
        Answer(Stream, Refused);
        var page = Open(manages: false);

        Assert.Empty(page.FindAll("[data-testid=events] button"));
        Assert.Empty(page.FindAll("[data-testid=pause]"));
    }

    [Fact]
    public void A_stream_is_paused_and_continues()
    {
        Answer(Stream, Refused);
        Stub.Answer("PUT /api/signals/streams/s-1/status", Stream with { Status = EventStreamStatus.Paused }, PortalJson.Default.EventStreamDetails);
        var page = Open(manages: true);

        page.Find("[data-testid=pause]").Click();

        page.WaitForAssertion(() => Assert.Contains("Continue", page.Find("[data-testid=pause]").TextContent, StringComparison.Ordinal));
        Assert.Contains("\"status\":\"paused\"", Stub.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tenant_without_streams_reads_what_to_do()
    {
        Stub.Answer(Streams, new EventStreamList([]), PortalJson.Default.EventStreamList);
        Assert.Contains("Events.Receive", Text(Render<StreamsPage>()), StringComparison.Ordinal);
    }

    private void Answer(EventStreamDetails stream, params EventDeliveryDetails[] events)
    {
        Stub.Answer(Streams, new EventStreamList([stream]), PortalJson.Default.EventStreamList);
        Stub.Answer(Events, new EventDeliveryList(events, null), PortalJson.Default.EventDeliveryList);
    }

    private IRenderedComponent<StreamPage> Open(bool manages) => Render<StreamPage>(parameters => parameters
        .Add(page => page.StreamId, "s-1")
        .AddCascadingValue(new Administrator("alice", "Alice", "contoso", Reads: true, Manages: true) { ManagesApplications = manages }));
}
