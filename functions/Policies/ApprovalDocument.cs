using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Policies;

/// <summary>An administrator in a request for approval.</summary>
/// <param name="Subject">The issuer's id.</param>
/// <param name="Name">As shown to people.</param>
/// <param name="SignInName">What the administrator signs in with, folded; null when the token tells none.</param>
internal sealed record ApprovingPerson(string Subject, string Name, string? SignInName)
{
    /// <summary>Whether it is the same person, as far as the sign-in service tells: somebody with two accounts is told apart only by the name.</summary>
    public bool Is(ApprovingPerson other) => Subject == other.Subject || (SignInName is not null && SignInName == other.SignInName);
}

/// <summary>A request that a second administrator has to agree to; in the partition of what it is about, so that its history tells it.</summary>
internal sealed record ApprovalDocument : IdentityDocument
{
    public const string DocumentType = "approval";

    /// <summary>Seconds for which it can be looked up.</summary>
    public const int KeptSeconds = 90 * 24 * 3600;

    public override string Type => DocumentType;

    public required string ApprovalId { get; init; }

    public required string Action { get; init; }

    /// <summary>The role that the action needs, of <see cref="Security.AdminPolicies"/>: whoever decides has it too.</summary>
    public required string Role { get; init; }

    public required string Summary { get; init; }

    public string? Reason { get; init; }

    public required ApprovingPerson RequestedBy { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What the user that it is about signs in with, if that is an administrator: who must not decide either.</summary>
    public string? AboutSignInName { get; init; }

    /// <summary>What was decided; null while nothing was.</summary>
    public bool? IsApproved { get; init; }

    public ApprovingPerson? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public string? Note { get; init; }

    public int Ttl { get; init; } = KeptSeconds;

    public static string IdOf(string approvalId) => $"approval:{approvalId}";

    public ApprovalState StateAt(DateTimeOffset now) =>
        IsApproved is false ? ApprovalState.Denied
        : now >= ExpiresAt ? ApprovalState.Expired
        : IsApproved is true ? ApprovalState.Approved : ApprovalState.Pending;

    /// <summary>Why somebody may not decide; null when they may.</summary>
    public string? Hindrance(ApprovingPerson person, IReadOnlyCollection<string> roles) =>
        person.Is(RequestedBy) ? "Whoever asked cannot agree: another administrator has to."
        : person.SignInName is not null && person.SignInName == AboutSignInName ? "Nobody decides about their own account."
        : !roles.Contains(Role) ? $"Whoever decides needs the role of the action: {Role}."
        : null;
}
