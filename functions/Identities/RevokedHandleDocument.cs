using BlokSec.Functions.Push;

namespace BlokSec.Functions.Identities;

/// <summary>
/// Where a removed phone could be reached, kept after its revoke push was settled, for a nudge. Deleted when the phone confirms;
/// Cosmos DB deletes it once the time for pushes is over.
/// </summary>
internal sealed record RevokedHandleDocument : IdentityDocument
{
    public const string DocumentType = "revokedHandle";

    public override string Type => DocumentType;

    public required string DeviceId { get; init; }

    public required PushHandle PushHandle { get; init; }

    /// <summary>Seconds that Cosmos DB keeps the document.</summary>
    public required int Ttl { get; init; }

    public static string IdOf(string deviceId) => $"revokedHandle:{deviceId}";
}
