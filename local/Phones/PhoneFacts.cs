using BlokSec.Contracts;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Phones;

/// <summary>What a phone is, whoever it is registered to.</summary>
internal sealed record PhoneFacts
{
    /// <summary>Name given on the phone.</summary>
    public required string Name { get; init; }

    /// <summary>Such as "iPhone 16 Pro".</summary>
    public required string Model { get; init; }

    /// <summary>Its system.</summary>
    public required DevicePlatform Platform { get; init; }

    /// <summary>Version of the system.</summary>
    public required string OsVersion { get; init; }

    /// <summary>Version of the BlokSec app.</summary>
    public string AppVersion { get; init; } = "5.2.0";

    /// <summary>Which push network reaches it; null for the usual one of its platform: APNs, or FCM with a registration token.</summary>
    public PushHandleKind? PushKind { get; init; }

    /// <summary>The APNs environment of the app's build.</summary>
    public PushEnvironment PushEnvironment { get; init; }

    /// <summary>Kind of the device key; P-256, the one that secure hardware holds.</summary>
    public KeyKind DeviceKeyKind { get; init; } = KeyKind.P256;

    /// <summary>Kind of the key of a new DID.</summary>
    public KeyKind DidKeyKind { get; init; } = KeyKind.Ed25519;
}
