using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>A sign-in request; kept for a while.</summary>
internal sealed record AuthenticationRequestDocument : IdentityDocument
{
    public const string DocumentType = "authenticationRequest";

    public override string Type => DocumentType;

    public required string RequestId { get; init; }

    public required string ApplicationId { get; init; }

    public required string ApplicationName { get; init; }

    /// <summary>Push, Passcode or BlokBadge.</summary>
    public required string Method { get; init; }

    public required AuthenticationRequestStatus Status { get; init; }

    public string? Country { get; init; }

    public string? City { get; init; }

    public string? IpAddress { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset? RetrievedAt { get; init; }

    public DateTimeOffset? RespondedAt { get; init; }

    public string? DeviceId { get; init; }

    /// <summary>Seconds that Cosmos DB keeps the document.</summary>
    public int? Ttl { get; init; }

    public static string IdOf(string requestId) => $"auth:{requestId}";
}
