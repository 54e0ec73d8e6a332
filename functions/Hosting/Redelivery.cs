using BlokSec.Functions.Messaging;

namespace BlokSec.Functions.Hosting;

/// <summary>When a failed message is retried, and when it is given up.</summary>
internal static class Redelivery
{
    /// <summary>
    /// How long a call is held, from its start, while the bus takes no message: less than <c>functionTimeout</c> and the renewal of the
    /// lock, which are five minutes each.
    /// </summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(4);

    /// <summary>
    /// Calls of one queue that are held at the same time, if their documents say when to try next: half of <c>maxConcurrentCalls</c> in
    /// <c>host.json</c>. The other half goes on with messages that need not be sent again, such as pushes of the other provider.
    /// </summary>
    public const int MostHeld = 32;

    /// <summary>
    /// Deliveries after which a message is sent again before its function runs: it was being processed each time the app died, or its outcome
    /// could not be recorded. Far below <c>maxDeliveryCount</c> in <c>infra/topology.json</c>, which only rejected messages reach.
    /// </summary>
    public const int MostDeliveries = 16;

    /// <summary>How long a message fails, without a success between, before it is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(2);

    /// <summary>Additional failures that are allowed, so that an app that did not run for days gives nothing up.</summary>
    public const int FewestFailures = 100;

    /// <summary>For so long a message is retried within <see cref="ShortBackOff"/>: longer than the outages that people wait for.</summary>
    private static readonly TimeSpan FirstHours = TimeSpan.FromHours(6);

    private static readonly TimeSpan ShortBackOff = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan LongBackOff = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Whether the message failed often and long enough to be given up.</summary>
    public static bool IsOver(QueueMessage message, DateTimeOffset now) =>
        message.Failures >= FewestFailures && now - message.FailingSince >= Patience;

    /// <summary>How long to wait before the next try: doubled after each failure.</summary>
    public static TimeSpan BackOff(QueueMessage message, DateTimeOffset now) => Jittered(
        TimeSpan.FromSeconds(Math.Pow(2, Math.Min(message.Failures, 10))),
        now - message.FailingSince > FirstHours ? LongBackOff : ShortBackOff);

    /// <summary>How long to wait before a message that the bus refused is sent again.</summary>
    /// <param name="refusals">How often the bus refused it, from 1.</param>
    public static TimeSpan Pause(int refusals) => Jittered(TimeSpan.FromMilliseconds(125 * Math.Pow(2, Math.Min(refusals, 10))), LongestPause);

    private static TimeSpan Jittered(TimeSpan wanted, TimeSpan longest) =>
        (wanted < longest ? wanted : longest) * (0.5 + (Random.Shared.NextDouble() / 2));
}
