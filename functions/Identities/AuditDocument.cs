namespace BlokSec.Functions.Identities;

/// <summary>Who did something.</summary>
/// <param name="Kind"><c>administrator</c>, <c>device</c> or <c>system</c>.</param>
/// <param name="Id">The administrator's subject, the device's id or the function's name.</param>
/// <param name="Name">How an auditor knows them.</param>
internal sealed record AuditActor(string Kind, string Id, string Name)
{
    public static AuditActor System(string function) => new("system", function, function);

    public static AuditActor Device(string deviceId) => new("device", deviceId, deviceId);
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

    /// <summary>Why, in the administrator's words.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether somebody has to look.</summary>
    public bool Alert { get; init; }
}
