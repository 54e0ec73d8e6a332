using BlokSec.Contracts;
using BlokSec.Functions.Push;

namespace BlokSec.Functions.Identities;

/// <summary>Whether a device is accepted.</summary>
internal enum DeviceState
{
    Active,
    Revoked,
}

/// <summary>A registered phone.</summary>
internal sealed record DeviceDocument : IdentityDocument
{
    public const string DocumentType = "device";

    /// <summary>The condition of a patch that the device is active.</summary>
    public const string IsActive = $"FROM c WHERE {NotRevoked}";

    /// <summary>The same as a condition of a query: a device whose state cannot be read is taken for active, so that it can be revoked.</summary>
    public const string NotRevoked = "(NOT IS_DEFINED(c.state) OR c.state != 'revoked')";

    public override string Type => DocumentType;

    public required string DeviceId { get; init; }

    public required string Name { get; init; }

    public required string Model { get; init; }

    public required DevicePlatform Platform { get; init; }

    public required string OsVersion { get; init; }

    public required string AppVersion { get; init; }

    /// <summary>The public key as a JWK; the device id is its thumbprint.</summary>
    public required string PublicKey { get; init; }

    public PushHandle? PushHandle { get; init; }

    public PushStatus PushStatus { get; init; }

    /// <summary>The provider's last reason, in plain words.</summary>
    public string? PushReason { get; init; }

    public required DateTimeOffset LastActiveAt { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>The user's epoch at enrollment.</summary>
    public required long Epoch { get; init; }

    public DeviceState State { get; init; }

    /// <summary>The <c>iat</c> of the proof that registered the push handle, in whole seconds: a proof that the phone made earlier does not replace it.</summary>
    public long? PushHandleProvedAt { get; init; }

    /// <summary>Which push handle the revocation was created with, see <see cref="PushHandles.Hash"/>; null for an active device.</summary>
    public string? RevokedHandle { get; init; }

    public static string IdOf(string deviceId) => $"device:{deviceId}";
}
