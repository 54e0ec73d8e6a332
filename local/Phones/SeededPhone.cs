using BlokSec.Contracts;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Phones;

/// <summary>Who a seeded phone is registered to.</summary>
internal sealed record SeedRegistration
{
    /// <summary>The tenant.</summary>
    public required string TenantId { get; init; }

    /// <summary>The user.</summary>
    public required string UserId { get; init; }

    /// <summary>The user's epoch.</summary>
    public required long Epoch { get; init; }

    /// <summary>The key of the user's DID; all phones of a user share it.</summary>
    public required PhoneKey DidKey { get; init; }

    /// <summary>When the phone is said to have enrolled.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Whether the user allows notifications; without them there is no push handle.</summary>
    public bool AllowsNotifications { get; init; } = true;
}

/// <summary>What the documents of a seeded phone must say.</summary>
/// <param name="Phone">The phone.</param>
/// <param name="DeviceId">The device's id.</param>
/// <param name="PublicKey">The device's public key.</param>
/// <param name="Did">The user's DID.</param>
/// <param name="PushHandle">The push handle; null without notifications.</param>
internal sealed record SeededPhone(VirtualPhone Phone, string DeviceId, PublicJwk PublicKey, string Did, PushHandleRegistration? PushHandle);
