using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>A sign-in request; kept for a while. The number that is shown is derived, and stored nowhere.</summary>
internal sealed record AuthenticationRequestDocument : IdentityDocument
{
    public const string DocumentType = "authenticationRequest";

    /// <summary>The condition of a patch that nobody answered and nothing ended it; that its time is not over is for the reader to see.</summary>
    public const string IsPending = "FROM c WHERE c.status = 'pending'";

    /// <summary>Seconds that Cosmos DB keeps a request: 90 days.</summary>
    public const int RetentionSeconds = 90 * 24 * 3600;

    public override string Type => DocumentType;

    public required string RequestId { get; init; }

    public required string ApplicationId { get; init; }

    public required string ApplicationName { get; init; }

    /// <summary>The OAuth client id that asked; null in requests of earlier versions, where it was the application's id.</summary>
    public string? ClientId { get; init; }

    /// <summary>The account that signs in; null in requests of earlier versions.</summary>
    public string? AccountId { get; init; }

    public string? AccountName { get; init; }

    /// <summary>Push, Passcode or BlokBadge.</summary>
    public required string Method { get; init; }

    /// <summary>As it was written last; see <see cref="StatusAt"/>.</summary>
    public required AuthenticationRequestStatus Status { get; init; }

    /// <summary>Why it was denied.</summary>
    public DenialReason? Reason { get; init; }

    public string? BindingMessage { get; init; }

    public string? Country { get; init; }

    public string? City { get; init; }

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>Digits of the number that the application shows.</summary>
    public int Digits { get; init; }

    /// <summary>The id of the key that the number is derived with.</summary>
    public string? NumberKeyId { get; init; }

    /// <summary>Wrong numbers that were typed, each once: the same one again is the same try.</summary>
    public IReadOnlyList<string> WrongNumbers { get; init => field = value ?? []; } = [];

    /// <summary>128 random bits that make every request another one to those who sign an answer.</summary>
    public string? Challenge { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it is too late to answer; null in requests of earlier versions, which were answered when they were written.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RetrievedAt { get; init; }

    public DateTimeOffset? RespondedAt { get; init; }

    /// <summary>The device it is pushed to; null when none can be reached.</summary>
    public string? DeviceId { get; init; }

    /// <summary>When the provider of that device's push service accepted the push; null before, and without a push.</summary>
    public DateTimeOffset? PushAcceptedAt { get; init; }

    /// <summary>What stood in the way of the push last, in plain words; null for nothing.</summary>
    public string? PushReason { get; init; }

    /// <summary>The device that answered.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>Accepted by a device that may have been in other hands at that time.</summary>
    public bool ForReview { get; init; }

    /// <summary>What the application gets for an accepted request; see <see cref="AuthenticationOutcome.Assertion"/>.</summary>
    public string? Assertion { get; init; }

    /// <summary>Seconds that Cosmos DB keeps the document.</summary>
    public int? Ttl { get; init; }

    /// <summary>Whether the phone may still answer at this moment.</summary>
    public bool WaitsAt(DateTimeOffset now) => StatusAt(now) == AuthenticationRequestStatus.Pending;

    /// <summary>The status at this moment: a request expires by the clock, whoever writes that down later.</summary>
    public AuthenticationRequestStatus StatusAt(DateTimeOffset now) =>
        Status == AuthenticationRequestStatus.Pending && ExpiresAt <= now ? AuthenticationRequestStatus.Expired : Status;

    public static string IdOf(string requestId) => $"auth:{requestId}";
}
