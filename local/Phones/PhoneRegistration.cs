using System.Text.Json.Serialization;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Phones;

/// <summary>What an enrolled phone knows about itself.</summary>
internal sealed record PhoneRegistration
{
    /// <summary>The tenant.</summary>
    public required string TenantId { get; init; }

    /// <summary>The user.</summary>
    public required string UserId { get; init; }

    /// <summary>The registration epoch; a statement about another one is not about this registration.</summary>
    public required long Epoch { get; init; }

    /// <summary>When the server enrolled it.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>The device key.</summary>
    public required PhoneKey DeviceKey { get; init; }

    /// <summary>The key of the user's DID.</summary>
    public required PhoneKey DidKey { get; init; }

    /// <summary>The push token that the server knows; null when none was registered.</summary>
    public string? RegisteredToken { get; init; }

    /// <summary>The device's id.</summary>
    [JsonIgnore]
    public string DeviceId => DeviceKey.DeviceId;

    /// <summary>The user's DID.</summary>
    [JsonIgnore]
    public string Did => DidKey.Did;

    /// <summary>Who signs this phone's calls.</summary>
    [JsonIgnore]
    public Signer Signer => new(DeviceKey, TenantId, UserId);
}
