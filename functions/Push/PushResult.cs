namespace BlokSec.Functions.Push;

/// <summary>
/// What became of one push. Accepted is not delivered: only the phone itself can confirm. Reasons are the provider's own words,
/// explanations are for the administrator; neither holds a push handle.
/// </summary>
internal abstract record PushResult
{
    private PushResult(string explanation) => Explanation = explanation;

    /// <summary>Nothing is sent, as our own settings do not allow it.</summary>
    public static PushResult CannotSend(string reason, string explanation) =>
        new Misconfigured(reason, null, explanation) with { Alert = true, WasSent = false };

    /// <summary>Nothing is sent, as the provider would refuse the size.</summary>
    public static PushResult TooLarge() =>
        new Rejected("PayloadTooLarge", "The message is larger than the push service takes: a fault in our software.") with { Alert = true };

    /// <summary>What happened, in plain words.</summary>
    public string Explanation { get; init; }

    /// <summary>Whether an operator must look.</summary>
    public bool Alert { get; init; }

    /// <summary>Whether it left us: a push that was held back here was no attempt.</summary>
    public bool WasSent { get; init; } = true;

    /// <summary>The provider's reason, or what broke; empty when there is none to give.</summary>
    public abstract string Reason { get; init; }

    /// <summary>One word for metrics.</summary>
    public abstract string Outcome { get; }

    /// <summary>The provider has taken the push.</summary>
    /// <param name="ProviderMessageId">The provider's id for it.</param>
    internal sealed record Accepted(string ProviderMessageId, string Explanation) : PushResult(Explanation)
    {
        public override string Reason { get; init; } = string.Empty;

        public override string Outcome => "accepted";
    }

    /// <summary>Nothing sent to this handle will arrive any more. Says nothing about the device's registration.</summary>
    /// <param name="Reason">The provider's reason.</param>
    /// <param name="Since">Since when, where the provider says so.</param>
    internal sealed record HandleDead(string Reason, DateTimeOffset? Since, string Explanation) : PushResult(Explanation)
    {
        public override string Outcome => "handle-dead";
    }

    /// <summary>Too much at once: send it again, not before a given time.</summary>
    /// <param name="Until">Not before this time.</param>
    /// <param name="Reason">The provider's reason.</param>
    internal sealed record Throttled(DateTimeOffset Until, string Reason, string Explanation) : PushResult(Explanation)
    {
        /// <summary>Whether every push through the provider is meant, not only this handle's.</summary>
        public bool Everyone { get; init; }

        public override string Outcome => "throttled";
    }

    /// <summary>The outcome is unknown, or the provider is out of order: send it again later.</summary>
    /// <param name="Reason">The provider's reason, or what broke.</param>
    /// <param name="RetryAfter">Not before this time; null leaves it to the back-off.</param>
    internal sealed record Unavailable(string Reason, DateTimeOffset? RetryAfter, string Explanation) : PushResult(Explanation)
    {
        /// <summary>Whether the provider gave no answer within the time for one.</summary>
        public bool Hangs { get; init; }

        /// <summary>Whether to believe it once only: the same answer again means that it will never be another.</summary>
        public bool Once { get; init; }

        public override string Outcome => "unavailable";
    }

    /// <summary>The provider refuses us, whatever the device: a wrong key, project or permission. Send it again once that is repaired.</summary>
    /// <param name="Reason">The provider's reason.</param>
    /// <param name="RetryAfter">When the next attempt is due.</param>
    internal sealed record Misconfigured(string Reason, DateTimeOffset? RetryAfter, string Explanation) : PushResult(Explanation)
    {
        public override string Outcome => "misconfigured";
    }

    /// <summary>This push will never be taken, a bug of ours: do not repeat it.</summary>
    /// <param name="Reason">The provider's reason.</param>
    internal sealed record Rejected(string Reason, string Explanation) : PushResult(Explanation)
    {
        public override string Outcome => "rejected";
    }
}
