namespace BlokSec.Contracts;

/// <summary>An entry for the auditor, written in the same transaction as what it tells.</summary>
/// <param name="EntryId">Its id; sorts by time.</param>
/// <param name="At">When.</param>
/// <param name="ActorKind"><c>administrator</c>, <c>device</c> or <c>system</c>.</param>
/// <param name="ActorName">The administrator's name, the device's id or the function's name.</param>
/// <param name="Action">What was done: one of <see cref="AuditActions"/>.</param>
/// <param name="Targets">The ids it was done to: devices, a claim or an operation.</param>
/// <param name="OperationId">The operation it belongs to.</param>
/// <param name="Reason">Why, in the administrator's words, or what a provider said.</param>
/// <param name="Before">What was, by name.</param>
/// <param name="After">What is, by name.</param>
/// <param name="Alert">Whether somebody has to look.</param>
public sealed record AuditEntryDetails(
    string EntryId,
    DateTimeOffset At,
    string ActorKind,
    string ActorName,
    string Action,
    IReadOnlyList<string> Targets,
    string? OperationId,
    string? Reason,
    IReadOnlyDictionary<string, string?>? Before,
    IReadOnlyDictionary<string, string?>? After,
    bool Alert);

/// <summary>A page of a user's audit, newest first.</summary>
/// <param name="Entries">The entries of this page.</param>
/// <param name="Continuation">Pass it back for the next page; null on the last.</param>
public sealed record AuditEntryList(IReadOnlyList<AuditEntryDetails> Entries, string? Continuation);
