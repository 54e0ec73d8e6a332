using BlokSec.Contracts;

namespace BlokSec.Functions.Signals;

/// <summary>What became of an attempt to push an event.</summary>
internal abstract record PushedEvent
{
    private PushedEvent()
    {
    }

    /// <summary>The receiver has taken it.</summary>
    internal sealed record Taken : PushedEvent;

    /// <summary>The receiver does not want this event; it would say the same again.</summary>
    /// <param name="Reason">Why, in plain words.</param>
    internal sealed record Unwanted(string Reason) : PushedEvent;

    /// <summary>The receiver cannot be reached, is busy, or does not let us in.</summary>
    /// <param name="Reason">Why, in plain words.</param>
    /// <param name="NotBefore">When the receiver wants to be asked again.</param>
    internal sealed record Failed(string Reason, DateTimeOffset? NotBefore = null) : PushedEvent;
}

/// <summary>What an attempt makes of an event. Pure.</summary>
internal static class EventOutcomes
{
    private const int MostDoublings = 12;
    private const double Jitter = 0.25;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromDays(1);

    /// <summary>The event after an attempt.</summary>
    public static EventDocument After(EventDocument before, PushedEvent result, DateTimeOffset now) => result switch
    {
        PushedEvent.Taken => Settled(before, EventDeliveryState.Delivered, reason: null, "The receiver took it.", now),
        PushedEvent.Unwanted unwanted => Settled(before, EventDeliveryState.Refused, unwanted.Reason, unwanted.Reason, now),
        PushedEvent.Failed failed when now >= before.RetryUntil => Settled(
            before, EventDeliveryState.GivenUp, $"The receiver did not take it in time. Last: {failed.Reason}", failed.Reason, now),
        PushedEvent.Failed failed => Tried(before, failed.Reason, now) with { NextAttemptAt = Next(before, failed.NotBefore, now), Reason = failed.Reason },
        _ => throw new InvalidOperationException($"{result.GetType().Name} is no known outcome of a push."),
    };

    /// <summary>An event that a receiver fetched and acknowledged, or refused.</summary>
    /// <param name="before">As it is.</param>
    /// <param name="fault">Why it was refused; null when it was not.</param>
    /// <param name="now">The time.</param>
    public static EventDocument Fetched(EventDocument before, string? fault, DateTimeOffset now) => fault is null
        ? Settled(before, EventDeliveryState.Delivered, reason: null, "The receiver fetched it.", now)
        : Settled(before, EventDeliveryState.Refused, fault, fault, now);

    /// <summary>An event that is sent once more because an administrator wants it.</summary>
    public static EventDocument Again(EventDocument before, bool isPushed, TimeSpan retry, DateTimeOffset now) => before with
    {
        State = EventDeliveryState.Waiting,
        Attempts = 0,
        NextAttemptAt = isPushed ? now : null,
        RetryUntil = now + retry,
        SettledAt = null,
        Reason = null,
        History = Listed(before, "An administrator had it sent again.", now),
    };

    private static EventDocument Settled(EventDocument before, EventDeliveryState state, string? reason, string outcome, DateTimeOffset now) =>
        Tried(before, outcome, now) with { State = state, NextAttemptAt = null, SettledAt = now, Reason = reason };

    private static EventDocument Tried(EventDocument before, string outcome, DateTimeOffset now) =>
        before with { Attempts = before.Attempts + 1, History = Listed(before, outcome, now) };

    private static IReadOnlyList<EventAttempt> Listed(EventDocument before, string outcome, DateTimeOffset now) =>
        [.. before.History.Append(new EventAttempt(now, outcome)).TakeLast(EventDocument.MaxHistory)];

    /// <summary>Twice as long each time, at most an hour; longer only when the receiver asks for it, and at most a day.</summary>
    private static DateTimeOffset Next(EventDocument before, DateTimeOffset? notBefore, DateTimeOffset now)
    {
        var wanted = Shortest * Math.Pow(2, Math.Min(before.Attempts, MostDoublings));
        var next = now + ((wanted < Longest ? wanted : Longest) * (1 + (Random.Shared.NextDouble() * Jitter)));
        var asked = notBefore < now + LongestAsked ? notBefore : now + LongestAsked;
        return notBefore is not null && asked > next ? asked.Value : next;
    }
}
