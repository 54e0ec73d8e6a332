namespace BlokSec.Contracts;

/// <summary>The receipt of a device's removal.</summary>
/// <param name="Receipt">A compact JWS that is signed by a key of <c>/api/.well-known/jwks.json</c>; its payload are <see cref="ReceiptClaims"/>.</param>
public sealed record RemovalReceipt(string Receipt)
{
    /// <summary>The <c>typ</c> of the JWS.</summary>
    public const string Type = "removal-receipt+jwt";

    /// <summary>The media type of the JWS by itself.</summary>
    public const string MediaType = "application/jose";
}

/// <summary>What is known of whether a removed phone knows.</summary>
public enum ReceiptOutcome
{
    /// <summary>Nothing: the device is refused, whether the phone knows is not confirmed.</summary>
    NotConfirmed,

    /// <summary>The phone called the service after its removal, and was told.</summary>
    Learned,

    /// <summary>The phone said that it erased itself.</summary>
    Confirmed,
}

/// <summary>What a receipt says. Each member is the service's word; what others signed stands in it as they signed it.</summary>
/// <param name="Iss">The API's public address.</param>
/// <param name="Iat">When the receipt was made: seconds since 1970.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="User">The user.</param>
/// <param name="Device">The removed device.</param>
/// <param name="Epoch">The registration epoch that was revoked.</param>
/// <param name="Operation">The operation that removed it.</param>
/// <param name="BlockedAt">From when on the service refuses the device.</param>
/// <param name="Statement">The signed revocation statement: a compact JWS by the service.</param>
/// <param name="Push">What became of the revoke push.</param>
/// <param name="Timeline">All that happened, oldest first.</param>
/// <param name="Outcome">What is known of whether the phone knows.</param>
public sealed record ReceiptClaims(
    string Iss,
    long Iat,
    string Tenant,
    string User,
    ReceiptDevice Device,
    long Epoch,
    string Operation,
    DateTimeOffset BlockedAt,
    string Statement,
    ReceiptPush Push,
    IReadOnlyList<RevocationEvent> Timeline,
    ReceiptOutcome Outcome)
{
    /// <summary>Who asked for the removal; null when the operation is not known any more.</summary>
    public ReceiptRequest? Requested { get; init; }

    /// <summary>When the phone confirmed its erasure, and what it signed; null when it did not.</summary>
    public PhoneWord? Confirmed { get; init; }

    /// <summary>When the phone learned of its removal, and what it signed to ask; null when it did not, or confirmed without asking.</summary>
    public PhoneWord? Learned { get; init; }
}

/// <summary>The removed device as the service knew it.</summary>
/// <param name="Id">Its id: the RFC 7638 thumbprint of its key.</param>
/// <param name="Name">Its name.</param>
/// <param name="Model">Its model.</param>
/// <param name="Platform">Its system.</param>
/// <param name="Key">Its public key.</param>
public sealed record ReceiptDevice(string Id, string Name, string Model, DevicePlatform Platform, ReceiptKey Key);

/// <summary>A public key as a JWK (RFC 7517).</summary>
/// <param name="Kty">EC or OKP.</param>
/// <param name="Crv">P-256 or Ed25519.</param>
/// <param name="X">The first coordinate, or the key.</param>
public sealed record ReceiptKey(string Kty, string Crv, string X)
{
    /// <summary>The second coordinate; null for OKP.</summary>
    public string? Y { get; init; }
}

/// <summary>Who asked for a removal, and why.</summary>
/// <param name="Kind">One device or all of them.</param>
/// <param name="By">Who, as people know them.</param>
/// <param name="At">When.</param>
public sealed record ReceiptRequest(OperationKind Kind, string By, DateTimeOffset At)
{
    /// <summary>One of <see cref="AuditActorKinds"/>; null when that was not kept.</summary>
    public string? ByKind { get; init; }

    /// <summary>The administrator's subject, or the id of the phone that asked; null when that was not kept.</summary>
    public string? Subject { get; init; }

    /// <summary>Why, in the words of whoever asked.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when the phone may have been in other hands.</summary>
    public DateTimeOffset? LostSince { get; init; }
}

/// <summary>What became of the revoke push: never where it went.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record ReceiptPush(RevokePushState State, int Attempts)
{
    /// <summary>Apple or Google, where one of them took the push.</summary>
    public string? Provider { get; init; }

    /// <summary>The provider's id of the push: Apple's <c>apns-id</c>, Google's message name. Of the latest one that it took.</summary>
    public string? MessageId { get; init; }

    /// <summary>The provider's reason, in plain words.</summary>
    public string? Reason { get; init; }

    /// <summary>When the provider took it.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }
}

/// <summary>What a removed phone said.</summary>
/// <param name="At">When the service heard it.</param>
public sealed record PhoneWord(DateTimeOffset At)
{
    /// <summary>What the phone signed: the <c>DPoP</c> header of its call, as it came (RFC 9449). Null when the service did not keep it yet.</summary>
    public string? Proof { get; init; }
}
