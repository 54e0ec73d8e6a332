using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>Who did something.</summary>
/// <param name="Kind">One of <see cref="AuditActorKinds"/>; in entries of earlier versions <c>device</c> for a phone.</param>
/// <param name="Id">The administrator's subject, the device's id or the function's name.</param>
/// <param name="Name">How an auditor knows them.</param>
/// <param name="Address">The IP address that an administrator's call came from.</param>
/// <param name="Agent">The browser or program that made the call, as it says; entries of earlier versions have none.</param>
internal sealed record AuditActor(string Kind, string Id, string Name, string? Address = null, string? Agent = null)
{
    public static AuditActor System(string function) => new(AuditActorKinds.System, function, function);

    public static AuditActor Phone(string deviceId) => new(AuditActorKinds.Phone, deviceId, deviceId);
}

/// <summary>An entry for the auditor, written in the same transaction as what it tells.</summary>
internal sealed record AuditDocument : IdentityDocument
{
    public const string DocumentType = "audit";

    public override string Type => DocumentType;

    public required DateTimeOffset At { get; init; }

    public required AuditActor Actor { get; init; }

    /// <summary>What was done, such as <c>device.removed</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The ids it was done to.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>What was, by name.</summary>
    public IReadOnlyDictionary<string, string?>? Before { get; init; }

    /// <summary>What is, by name.</summary>
    public IReadOnlyDictionary<string, string?>? After { get; init; }

    public string? OperationId { get; init; }

    /// <summary>The trace that it happened in.</summary>
    public string? TraceId { get; init; }

    /// <summary>Why, in the administrator's words.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether somebody has to look.</summary>
    public bool Alert { get; init; }

    /// <summary>How often it happened: repeated alerts are folded into one entry, which describes the first.</summary>
    public int Count { get; init; } = 1;

    /// <summary>When it happened last; null when it happened once.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Seconds that Cosmos DB keeps the entry; see <see cref="AuditOptions.RetentionDays"/>. Entries of earlier versions have none.</summary>
    public int? Ttl { get; init; }
}
