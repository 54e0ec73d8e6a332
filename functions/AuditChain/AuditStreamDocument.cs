using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuditChain;

/// <summary>The streams that there can be.</summary>
internal static class AuditStreamNames
{
    /// <summary>CloudEvents to Event Grid.</summary>
    public const string EventGrid = "eventGrid";

    /// <summary>Log records through the app's telemetry.</summary>
    public const string Logs = "logs";

    /// <summary>Those that the settings ask for.</summary>
    public static IEnumerable<string> Of(AuditStreamOptions options) => new (string Name, bool IsOn)[]
    {
        (EventGrid, options.EventGridEndpoint is not null),
        (Logs, options.Logs),
    }.Where(stream => stream.IsOn).Select(stream => stream.Name);
}

/// <summary>How far a tenant's audit was streamed. It moves forward only after the receiver took what is before it.</summary>
internal sealed record AuditStreamDocument : IdentityDocument
{
    public const string DocumentType = "auditStream";

    public override string Type => DocumentType;

    /// <summary>The last block that was sent whole.</summary>
    public long Block { get; init; }

    /// <summary>Entries of the block after it that were sent.</summary>
    public int Sent { get; init; }

    /// <summary>When the receiver took something last.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Tries in a row that failed.</summary>
    public int Failures { get; init; }

    /// <summary>What the last of them failed of.</summary>
    public string? Fault { get; init; }

    /// <summary>Before this time it is not tried again; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>What is wrong with a place that <see cref="IsAstray"/>, in words.</summary>
    public const string Astray = "Its place is not in the chain, although nothing of this service moves it there; everything is sent again.";

    /// <summary>Whether its place is where the service never moves it: past the end of the chain or before its beginning.</summary>
    /// <param name="blocks">The last block, read after the place.</param>
    public bool IsAstray(long blocks) => Block > blocks || Block < 0;

    public static string IdOf(string stream) => $"{DocumentType}:{stream}";

    public static AuditStreamDocument Of(string tenantId, string stream) =>
        new() { Id = IdOf(stream), TenantId = tenantId, UserId = AuditChainDocument.KeyOf(tenantId).UserId };
}
