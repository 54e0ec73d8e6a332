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

    /// <summary>Who asked, as administrators read it.</summary>
    public string ByName => By.Kind == AuditActorKinds.Phone ? "the user, on a phone" : By.Name;
}
