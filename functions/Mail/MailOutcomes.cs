namespace BlokSec.Functions.Mail;

/// <summary>What a try makes of a mail. Pure.</summary>
internal static class MailOutcomes
{
    private const int MostDoublings = 12;
    private const double Jitter = 0.25;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestAtFirst = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AtFirst = TimeSpan.FromHours(6);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The mail after a try.</summary>
    public static MailDocument After(MailDocument before, MailResult result, DateTimeOffset now) => result switch
    {
        MailResult.Taken => Settled(before, MailState.Sent, reason: null),
        MailResult.Refused refused => Settled(before, MailState.Failed, refused.Reason),
        MailResult.Failed failed => Postponed(before with { Attempts = before.Attempts + 1 }, failed, now, now),
        _ => throw new InvalidOperationException($"{result.GetType().Name} is no known outcome of a mail."),
    };

    /// <summary>The mail that is not sent now.</summary>
    /// <param name="before">As it is.</param>
    /// <param name="failure">Why.</param>
    /// <param name="notBefore">When it may be tried again.</param>
    /// <param name="now">The time.</param>
    public static MailDocument Postponed(MailDocument before, MailResult.Failed failure, DateTimeOffset notBefore, DateTimeOffset now) => now >= before.RetryUntil
        ? Settled(before, MailState.Failed, $"The mail server did not take it in time. Last: {failure.Reason}")
        : before with { NextAttemptAt = Next(before, notBefore, now), Reason = failure.Reason };

    /// <summary>The mail that needs nothing any more.</summary>
    public static MailDocument Settled(MailDocument before, MailState state, string? reason) =>
        before with { State = state, NextAttemptAt = null, Reason = reason };

    /// <summary>Twice as long each time: at most five minutes in the first hours, so that people learn soon after the server is back, then an hour.</summary>
    private static DateTimeOffset Next(MailDocument before, DateTimeOffset notBefore, DateTimeOffset now)
    {
        var longest = now - before.At < AtFirst ? LongestAtFirst : Longest;
        var doubled = Shortest * Math.Pow(2, Math.Clamp(before.Attempts - 1, 0, MostDoublings));
        var wanted = now + (doubled < longest ? doubled : longest);
        return (wanted > notBefore ? wanted : notBefore) + (Shortest * (Random.Shared.NextDouble() * Jitter));
    }
}
