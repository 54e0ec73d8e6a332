using System.Diagnostics;
using System.Diagnostics.Metrics;
using BlokSec.Contracts;

namespace BlokSec.Functions.Telemetry;

/// <summary>What is counted and timed; <c>README.md</c> beside it tells each name, unit and tag. Costs nothing while nobody listens.</summary>
internal static class Measures
{
    /// <summary>From a blink to the month in which a push is tried.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200, 43_200, 86_400, 604_800, 2_592_000],
    };

    private static readonly InstrumentAdvice<int> Few = new() { HistogramBucketBoundaries = [0, 1, 2, 3, 4, 5, 8, 12, 32, 100, 300] };

    private static readonly Counter<long> Messages = Sources.Meter.CreateCounter<long>(
        "bloksec.messages", "{message}", "Queue messages handled, by function and outcome.");

    private static readonly Histogram<double> Delays = Sources.Meter.CreateHistogram(
        "bloksec.message.delay", "s", "From when a message was due to when it was handled, by queue.", advice: Seconds);

    private static readonly Histogram<double> Revocations = Sources.Meter.CreateHistogram(
        "bloksec.revocation.duration", "s", "From the administrator's click to a milestone of one device's removal.", advice: Seconds);

    private static readonly Histogram<double> SignIns = Sources.Meter.CreateHistogram(
        "bloksec.sign_in.duration", "s", "From an application's request to a milestone of the sign-in.", advice: Seconds);

    private static readonly Histogram<double> EventDeliveries = Sources.Meter.CreateHistogram(
        "bloksec.event.duration", "s", "From a change to a milestone of the event that tells a receiver of it.", advice: Seconds);

    private static readonly Counter<long> Operations = Sources.Meter.CreateCounter<long>(
        "bloksec.operations", "{operation}", "What became of operations, by kind and outcome.");

    private static readonly Counter<long> OverduePushes = Sources.Meter.CreateCounter<long>(
        "bloksec.pushes.overdue", "{push}", "Revoke pushes whose message was lost, queued again by the timer.");

    private static readonly Counter<long> UnreadableDocuments = Sources.Meter.CreateCounter<long>(
        "bloksec.documents.unreadable", "{document}", "Documents that this version cannot read, by type.");

    private static readonly Counter<long> SecurityEvents = Sources.Meter.CreateCounter<long>(
        "bloksec.security.events", "{event}", "What somebody should look at, by event.");

    private static readonly Counter<long> Mails = Sources.Meter.CreateCounter<long>(
        "bloksec.mails", "{mail}", "Tries to send a mail to a user, by outcome.");

    private static readonly Counter<long> AuditStreams = Sources.Meter.CreateCounter<long>(
        "bloksec.audit.streamed", "{entry}", "Audit entries that a stream took, and tries that failed, by stream and outcome.");

    private static readonly Histogram<double> AuditStreamDelays = Sources.Meter.CreateHistogram(
        "bloksec.audit.stream.delay", "s", "From when a block of the audit was sealed to when a stream took of it, by stream.", advice: Seconds);

    private static readonly Histogram<int> Requests = Sources.Meter.CreateHistogram(
        "bloksec.invocation.requests", "{request}", "Requests that one invocation made, by function and dependency.", advice: Few);

    /// <summary>A message was handled.</summary>
    /// <param name="function">By which function.</param>
    /// <param name="outcome"><c>done</c>, <c>later</c>, <c>failed</c> or <c>rejected</c>.</param>
    public static void Message(string function, string outcome) => Messages.Add(1, new("function", function), new("outcome", outcome));

    /// <summary>A message reached its function.</summary>
    public static void Delay(string queue, TimeSpan sinceDue) =>
        Delays.Record(Math.Max(0, sinceDue.TotalSeconds), new KeyValuePair<string, object?>("queue", queue));

    /// <summary>The removal of one device got somewhere. The span tells it too, so that each single time can be found.</summary>
    /// <param name="milestone"><c>blocked</c>, <c>push-accepted</c>, <c>learned</c> or <c>confirmed</c>.</param>
    /// <param name="sinceClick">Since the administrator's call.</param>
    public static void Revocation(string milestone, TimeSpan sinceClick)
    {
        Revocations.Record(sinceClick.TotalSeconds, new KeyValuePair<string, object?>("milestone", milestone));
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            span.SetTag("bloksec.revocation.milestone", milestone).SetTag("bloksec.revocation.seconds", sinceClick.TotalSeconds);
            span.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        }
    }

    /// <summary>A sign-in request got somewhere.</summary>
    /// <param name="milestone"><c>push-accepted</c>.</param>
    /// <param name="sinceAsked">Since the application's call.</param>
    public static void SignIn(string milestone, TimeSpan sinceAsked) =>
        SignIns.Record(Math.Max(0, sinceAsked.TotalSeconds), new KeyValuePair<string, object?>("milestone", milestone));

    /// <summary>A receiver was sent an event, or fetched it.</summary>
    /// <param name="state">How far the event is from then on.</param>
    /// <param name="sinceChange">Since the change that it tells of.</param>
    public static void EventDelivery(EventDeliveryState state, TimeSpan sinceChange) =>
        EventDeliveries.Record(Math.Max(0, sinceChange.TotalSeconds), new KeyValuePair<string, object?>("state", Word(state)));

    /// <summary>An operation got somewhere.</summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="outcome"><c>requested</c>, <c>resumed</c>, <c>succeeded</c> or <c>failed</c>.</param>
    public static void Operation(OperationKind kind, string outcome) => Operations.Add(1, new("kind", Word(kind)), new("outcome", outcome));

    public static void PushOverdue() => OverduePushes.Add(1);

    /// <summary>A document was met that cannot be read, each time.</summary>
    /// <param name="type">Its type, such as <c>operation</c>.</param>
    public static void Unreadable(string type) => UnreadableDocuments.Add(1, new KeyValuePair<string, object?>("type", type));

    /// <summary>Something to look at.</summary>
    /// <param name="what"><c>retired-did-used</c>, <c>key-in-use</c>, <c>claim-code-wrong</c>, <c>claim-locked</c>,
    /// <c>claim-used-again</c>, <c>sign-ins-held-back</c>, <c>sign-in-not-me</c>, <c>sign-in-wrong-number</c>, <c>provisioning-token-refused</c> or <c>audit-broken</c>.</param>
    public static void SecurityEvent(string what) => SecurityEvents.Add(1, new KeyValuePair<string, object?>("event", what));

    /// <summary>A mail was tried to be sent.</summary>
    /// <param name="outcome"><c>sent</c>, <c>postponed</c>, <c>held</c> (not tried, as the server is out), <c>misconfigured</c> or <c>failed</c> (given up).</param>
    public static void Mail(string outcome) => Mails.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Audit entries were sent into a stream.</summary>
    /// <param name="stream"><c>eventGrid</c> or <c>logs</c>.</param>
    /// <param name="outcome"><c>sent</c>, <c>failed</c>, or <c>stuck</c> (failed, as for an hour or so before).</param>
    /// <param name="count">How many entries were sent; 1 for a try that failed.</param>
    /// <param name="sinceSealed">Since they were sealed; null when that is not known.</param>
    public static void AuditStreamed(string stream, string outcome, int count, TimeSpan? sinceSealed = null)
    {
        AuditStreams.Add(count, new("stream", stream), new("outcome", outcome));
        if (sinceSealed is { } delay)
        {
            AuditStreamDelays.Record(Math.Max(0, delay.TotalSeconds), new KeyValuePair<string, object?>("stream", stream));
        }
    }

    /// <summary>An invocation ended.</summary>
    /// <param name="function">Of which function.</param>
    /// <param name="dependency"><c>cosmos</c> or <c>bus</c>.</param>
    /// <param name="count">How often it asked.</param>
    public static void Invocation(string function, string dependency, int count) =>
        Requests.Record(count, new("function", function), new("dependency", dependency));

    private static string Word(OperationKind kind) => kind switch
    {
        OperationKind.RemoveDevice => "remove-device",
        OperationKind.UnregisterAllDevices => "unregister-all-devices",
        _ => "enrollment",
    };

    private static string Word(EventDeliveryState state) => state switch
    {
        EventDeliveryState.Waiting => "waiting",
        EventDeliveryState.Delivered => "delivered",
        EventDeliveryState.Refused => "refused",
        EventDeliveryState.GivenUp => "given-up",
        _ => "dropped",
    };
}
