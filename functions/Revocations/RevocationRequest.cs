using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Revocations;

/// <summary>What an administrator asked for, or the user on a phone.</summary>
/// <param name="OperationId">The operation that carries it out.</param>
/// <param name="Kind">One device or all of them.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why, in the administrator's words.</param>
/// <param name="Fingerprint">Tells the same request from another one with the same idempotency key.</param>
/// <param name="At">When.</param>
internal sealed record RevocationRequest(
    string OperationId, OperationKind Kind, AuditActor By, string? Reason, string Fingerprint, DateTimeOffset At)
{
    /// <summary>Since when the device may be in other hands.</summary>
    public DateTimeOffset? LostSince { get; init; }

    /// <summary>Until when it can be taken back; null to wait for nothing.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>Whether an earlier removal that waits has to end its hold, too.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>The bulk operation that it is a part of; null for a decision about this user alone.</summary>
    public string? BulkOperationId { get; init; }

    /// <summary>Who asked, as administrators read it.</summary>
    public string ByName => By.Kind == AuditActorKinds.Phone ? "the user, on a phone" : By.Name;
}

/// <summary>What became of a request.</summary>
/// <param name="Operation">The operation that carries it out, this request's own or an earlier one's; null when there is none.</param>
/// <param name="Refusal">Why it is refused; null when it is not.</param>
internal sealed record RevocationAnswer(OperationDocument? Operation, IResult? Refusal);
