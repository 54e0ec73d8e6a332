namespace BlokSec.Functions.Identities;

/// <summary>A sign-in request that was not accepted, or not yet.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="IssuedAt">When it was asked for.</param>
/// <param name="EndsAt">When it expires, or ended.</param>
internal sealed record UnansweredSignIn(string RequestId, DateTimeOffset IssuedAt, DateTimeOffset EndsAt);

/// <summary>
/// What must be remembered between the sign-in requests of a user: how many were not accepted in a row and how many wrong numbers were typed,
/// whatever the application. It is written with each of them, so that two at the same moment cannot both pass a limit.
/// </summary>
internal sealed record SignInGuardDocument : IdentityDocument
{
    public const string DocumentId = "sign-in-guard";

    public const string DocumentType = "signInGuard";

    public override string Type => DocumentType;

    /// <summary>Requests since the last accepted one, the latest last; a bounded number.</summary>
    public IReadOnlyList<UnansweredSignIn> Unanswered { get; init => field = value ?? []; } = [];

    /// <summary>Wrong numbers since the last accepted request (NIST SP 800-63B-4, section 3.2.2: a new secret does not reset the count).</summary>
    public int WrongNumbers { get; init; }

    /// <summary>No request is taken before; null when none is held back.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>Seconds that Cosmos DB keeps the document after it was written last: 30 days.</summary>
    public int Ttl { get; init; } = 30 * 24 * 3600;
}
