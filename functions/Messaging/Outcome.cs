namespace BlokSec.Functions.Messaging;

/// <summary>How a queue function ended.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The message is done with.</summary>
    internal sealed record Done : Outcome
    {
        public static readonly Done Instance = new();
    }

    /// <summary>The message can never be carried out. It ends in the dead-letter queue, where an operator finds it whole.</summary>
    /// <param name="Reason">Why, without secrets.</param>
    internal sealed record Reject(string Reason) : Outcome;

    /// <summary>The same message again, not before the time told.</summary>
    /// <param name="When">The earliest time.</param>
    internal sealed record Later(DateTimeOffset When) : Outcome
    {
        /// <summary>Whether it waits because it failed, rather than because its time has not come.</summary>
        public bool HasFailed { get; init; }

        /// <summary>Whether the documents say when to try next, so that the work is found even if the message is lost.</summary>
        public bool IsRecorded { get; init; }
    }
}
