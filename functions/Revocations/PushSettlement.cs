using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Push;

namespace BlokSec.Functions.Revocations;

/// <summary>What a provider's answer makes of a revocation: its push is settled, or tried again later. Pure.</summary>
internal static class PushSettlement
{
    /// <summary>The revocation after an attempt.</summary>
    /// <param name="revocation">As it is now: the phone may have confirmed while the push was under way.</param>
    /// <param name="result">What became of the attempt.</param>
    /// <param name="answeredAt">When the provider answered.</param>
    /// <param name="now">When it is recorded.</param>
    public static RevocationDocument After(RevocationDocument revocation, PushResult result, DateTimeOffset answeredAt, DateTimeOffset now) =>
        result switch
        {
            PushResult.Accepted accepted => RevocationRecords.Settle(revocation, RevokePushState.Accepted, null, answeredAt) with
            {
                ProviderMessageId = accepted.ProviderMessageId,
                PushAttempts = revocation.PushAttempts + 1,
            },
            PushResult.HandleDead => Ended(revocation, RevokePushState.Unreachable, result, now),
            PushResult.Rejected => Ended(revocation, RevokePushState.GivenUp, result, now),
            PushResult.Unavailable { Once: true } when revocation.PushReason == result.Explanation =>
                Ended(revocation, RevokePushState.GivenUp, result, now),
            _ when revocation.ConfirmedAt is not null => RevocationRecords.NotNeeded(revocation, now),
            PushResult.Throttled throttled => Retried(revocation, result, throttled.Until, now),
            PushResult.Unavailable unavailable => Retried(revocation, result, unavailable.RetryAfter, now),
            PushResult.Misconfigured misconfigured => Retried(revocation, result, misconfigured.RetryAfter, now),
            _ => throw new InvalidOperationException($"{result.GetType().Name} is no known outcome of a push."),
        };

    private static RevocationDocument Ended(RevocationDocument revocation, RevokePushState state, PushResult result, DateTimeOffset now) =>
        RevocationRecords.Settle(revocation, state, result.Explanation, now) with { PushAttempts = revocation.PushAttempts + 1 };

    /// <summary>Waits longer with each attempt; a push that was held back here made none.</summary>
    private static RevocationDocument Retried(
        RevocationDocument revocation, PushResult result, DateTimeOffset? notBefore, DateTimeOffset now)
    {
        var trouble = now - (revocation.RetryingSince ?? now);
        var next = now + PushBackOff.After(result, revocation.PushAttempts, trouble);
        return RevocationRecords.Retry(revocation, result.Explanation, result.WasSent, notBefore > next ? notBefore.Value : next, now);
    }
}
