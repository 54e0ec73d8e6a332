using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>The claim of a user who has no active DID. The code is derived, not stored.</summary>
internal sealed record ClaimDocument : IdentityDocument
{
    public const string DocumentId = "claim";

    public const string DocumentType = "claim";

    public override string Type => DocumentType;

    public required string ClaimId { get; init; }

    /// <summary>Which request made it, when it named itself. Apart from the id, from which the code is derived: repeating an old request must not bring its code back.</summary>
    public string? RequestId { get; init; }

    /// <summary>Requests that made earlier claims of the user, the newest last: repeated late, they make none.</summary>
    public IReadOnlyList<string> EarlierRequestIds { get; init; } = [];

    /// <summary>Beginnings of the codes of earlier claims that were redeemed, the newest last: shown again, such a code is in two hands.</summary>
    public IReadOnlyList<string> RedeemedTags { get; init; } = [];

    /// <summary>Which server key the code is derived with.</summary>
    public required string KeyId { get; init; }

    public required long Epoch { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Open, Redeemed or Locked; expiry follows from the clock.</summary>
    public required ClaimState State { get; init; }

    public int FailedAttempts { get; init; }

    public DateTimeOffset? LastFailedAttemptAt { get; init; }

    public DateTimeOffset? RedeemedAt { get; init; }

    public string? RedeemedByDeviceId { get; init; }

    /// <summary>How it gets to the person; null while nobody has been shown it.</summary>
    public ClaimChannel? Channel { get; init; }

    /// <summary>When it was shown on a screen first.</summary>
    public DateTimeOffset? ShownAt { get; init; }

    /// <summary>How the person was recognized before it was shown.</summary>
    public IdentityCheck? IdentityCheck { get; init; }

    /// <summary>The operation that binds the new DID to the accounts.</summary>
    public string? OperationId { get; init; }

    /// <summary>Whether the tenant demands that it is recorded how the person was recognized, and nobody did.</summary>
    public bool LacksIdentityCheck(TenantPolicies policy) => policy.IdentityCheck.Required && IdentityCheck is null;

    public ClaimState StateAt(DateTimeOffset now) => State == ClaimState.Open && now >= ExpiresAt ? ClaimState.Expired : State;
}

/// <summary>How a person was recognized.</summary>
/// <param name="At">When it was recorded.</param>
/// <param name="By">The administrator, for people; the audit has the subject.</param>
/// <param name="Way">A way that the tenant listed.</param>
/// <param name="Note">What else is known of it.</param>
internal sealed record IdentityCheck(DateTimeOffset At, string By, string Way, string? Note);
