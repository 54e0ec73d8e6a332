using System.Text.Json.Serialization;
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

    /// <summary>The condition of a patch that the device is active and its user not suspended.</summary>
    public const string MaySignIn = $"FROM c WHERE {NotRevoked} AND (NOT IS_DEFINED(c.suspendedAt) OR IS_NULL(c.suspendedAt))";

    /// <summary>That it is active, as a condition of a query: a device whose state cannot be read is taken for active, so that it can be revoked.</summary>
    public const string NotRevoked = "(NOT IS_DEFINED(c.state) OR c.state != 'revoked')";

    /// <summary>How long a push handle tells something after anything was heard of its app: 30 days.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromDays(30);

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

    /// <summary>What was learned last of the push handle; see <see cref="PushStatusAt"/>.</summary>
    public PushStatus PushStatus { get; init; }

    /// <summary>The provider's last reason, in plain words.</summary>
    public string? PushReason { get; init; }

    /// <summary>When the provider last took a push to it, or said that it takes none; null when none was sent since it registered its handle.</summary>
    public DateTimeOffset? PushCheckedAt { get; init; }

    /// <summary>Whether the phone's system shows what the app notifies of, as the phone said last; null when it never said.</summary>
    public bool? NotificationsAllowed { get; init; }

    /// <summary>Seconds that the phone's clock is ahead of ours, as the phone said last; null when it never said.</summary>
    public int? ClockOffset { get; init; }

    /// <summary>When the phone last told something new of itself; null when it never did.</summary>
    public DateTimeOffset? FactsAt { get; init; }

    public required DateTimeOffset LastActiveAt { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>The user's epoch at enrollment.</summary>
    public required long Epoch { get; init; }

    public DeviceState State { get; init; }

    /// <summary>Since when the user is suspended; null while not. Here too, so that the phone is told by the one read that its status takes.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>The version of the user's accounts, for the same reason.</summary>
    public long AccountsVersion { get; init; }

    /// <summary>The <c>iat</c> of the proof that registered the push handle, in whole seconds: a proof that the phone made earlier does not replace it.</summary>
    public long? PushHandleProvedAt { get; init; }

    /// <summary>Which push handle the revocation was created with, see <see cref="PushHandles.Hash"/>; null for an active device.</summary>
    public string? RevokedHandle { get; init; }

    /// <summary>The operation whose hold can still end with this device being active again; null for all others.</summary>
    public string? HeldBy { get; init; }

    /// <summary>When the push status was seen last: a push that was taken or refused, or the registration of the handle.</summary>
    [JsonIgnore]
    public DateTimeOffset? PushSeenAt => PushCheckedAt > PushHandle?.RegisteredAt ? PushCheckedAt : PushHandle?.RegisteredAt ?? PushCheckedAt;

    /// <summary>
    /// Whether push notifications reach the user of this device at this moment, as far as is known. A handle of an app that was silent for
    /// longer than Google takes a token for fresh (https://firebase.google.com/docs/cloud-messaging/manage-tokens) tells nothing any more.
    /// </summary>
    public PushStatus PushStatusAt(DateTimeOffset now) => PushStatus switch
    {
        PushStatus.Receiving when NotificationsAllowed == false => PushStatus.NotificationsOff,
        PushStatus.Receiving when now - LastActiveAt > FreshFor && now - (PushSeenAt ?? LastActiveAt) > FreshFor => PushStatus.Unknown,
        var status => status,
    };

    /// <summary>Whether a push notification is worth sending.</summary>
    public bool CanBePushedAt(DateTimeOffset now) =>
        PushHandle is not null && State == DeviceState.Active && PushStatusAt(now) is (PushStatus.Receiving or PushStatus.Unknown);

    public static string IdOf(string deviceId) => $"device:{deviceId}";
}
