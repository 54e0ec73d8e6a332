using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>A part of an operation and how far it is.</summary>
internal sealed record OperationStep(OperationStepName Name, OperationStatus Status, int Completed, int Total, DateTimeOffset UpdatedAt)
{
    public string? Detail { get; init; }

    /// <summary>The application whose accounts the step removes; null for other steps, and for the one step of many applications.</summary>
    public string? ApplicationId { get; init; }

    public string? ApplicationName { get; init; }
}

/// <summary>The wait between a removal, which blocks at once, and what cannot be taken back.</summary>
/// <param name="Until">Until when the removal can be taken back; its work starts then.</param>
/// <param name="ActiveDeviceId">The active device before the removal.</param>
/// <param name="SuccessorId">The active device after it.</param>
internal sealed record RemovalHold(DateTimeOffset Until, string? ActiveDeviceId, string? SuccessorId)
{
    /// <summary>When the work started, or the removal was taken back; null while it waits.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who took it back; null when nobody did.</summary>
    public string? WithdrawnBy { get; init; }
}

/// <summary>A decision of an administrator (or a redeemed claim) and the work that it takes.</summary>
internal sealed record OperationDocument : IdentityDocument
{
    public const string DocumentType = "operation";

    public override string Type => DocumentType;

    public required string OperationId { get; init; }

    public required OperationKind Kind { get; init; }

    public required OperationStatus Status { get; init; }

    public required string RequestedBy { get; init; }

    /// <summary>Who asked, as the issuer or the database knows them: one of <see cref="AuditActorKinds"/> and an id. Null in operations of earlier versions.</summary>
    public string? RequestedByKind { get; init; }

    /// <inheritdoc cref="RequestedByKind"/>
    public string? RequestedById { get; init; }

    /// <summary>The bulk operation that it is a part of; null for a decision about this user alone.</summary>
    public string? BulkOperationId { get; init; }

    public string? Reason { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public DateTimeOffset? DispatchedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it last moved or was queued again, or when its hold ends; the timer looks for operations without progress.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How often its work was queued again since it last moved.</summary>
    public int Resumes { get; init; }

    /// <summary>What was asked for, to tell a repeated idempotency key from a reused one.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The user's epoch after the decision.</summary>
    public required long Epoch { get; init; }

    /// <summary>The user's DID after the decision; null when it was reset.</summary>
    public string? Did { get; init; }

    public required IReadOnlyList<OperationStep> Steps { get; init; }

    public required IReadOnlyList<string> DeviceIds { get; init; }

    /// <summary>Since when the removed device may have been in other hands; what it accepted from then on is marked before it is deleted.</summary>
    public DateTimeOffset? LostSince { get; init; }

    /// <summary>How long it waited, or waits, with what cannot be taken back; null when it did not.</summary>
    public RemovalHold? Hold { get; init; }

    /// <summary>Whether more sign-ins were waiting for the devices than one batch ends: the deletion of the devices ends the others.</summary>
    public bool HasMoreSignIns { get; init; }

    /// <summary>Which accounts it removes; null for operations about devices.</summary>
    public AccountScope? Accounts { get; init; }

    /// <summary>W3C trace context of the request, for work that is resumed.</summary>
    public string? TraceParent { get; init; }

    public static string IdOf(string operationId) => $"operation:{operationId}";

    public OperationStep? Step(OperationStepName name) => Steps.FirstOrDefault(step => step.Name == name);
}
