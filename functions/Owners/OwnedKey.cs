using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Owners;

/// <summary>What a key is used for. One key is never both.</summary>
internal static class KeyUses
{
    public const string Did = "did";

    public const string Device = "device";
}

/// <summary>
/// Who owns a public key: entered once, before the key is bound, and never replaced or deleted. What a later version wrote and this one
/// cannot read has no owner here, so the key is refused.
/// </summary>
internal sealed record OwnedKey
{
    public string Id { get; init; } = "";

    public string Type { get; init; } = "key";

    public int SchemaVersion { get; init; } = 1;

    public string TenantId { get; init; } = "";

    public string UserId { get; init; } = "";

    /// <summary>One of <see cref="KeyUses"/>.</summary>
    public string Use { get; init; } = "";

    /// <summary>The user's epoch when the key was entered. A DID of an earlier epoch than the user's is retired.</summary>
    public long Epoch { get; init; }

    public DateTimeOffset EnteredAt { get; init; }

    public bool IsOf(UserKey user) => TenantId == user.TenantId && UserId == user.UserId;

    /// <summary>The thumbprint is that of the canonical key, whatever the spelling it came in.</summary>
    public static string IdOf(string thumbprint) => $"key:{thumbprint}";
}

/// <summary>What the registry says of a key that somebody wants to use.</summary>
internal abstract record KeyOwnership
{
    private KeyOwnership()
    {
    }

    /// <summary>Nobody had it. It was entered if that was asked for.</summary>
    internal sealed record New : KeyOwnership;

    /// <summary>The user's own, for this use.</summary>
    internal sealed record OfCaller(OwnedKey Key) : KeyOwnership;

    /// <summary>Somebody else's.</summary>
    internal sealed record OfOther : KeyOwnership;

    /// <summary>The user's own, for the other use.</summary>
    internal sealed record OfOtherUse : KeyOwnership;
}
