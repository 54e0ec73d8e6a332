using System.ComponentModel.DataAnnotations;

namespace BlokSec.Contracts;

/// <summary>A provisioning token, without the token itself: a directory that cannot get access tokens provisions users with it.</summary>
/// <param name="TokenId">Its id: 32 hexadecimal digits.</param>
/// <param name="Name">What an administrator calls it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="LastUsedAt">When it was used last, to within five minutes; null when it never was.</param>
/// <param name="RevokedAt">When it was revoked; null when it was not.</param>
public sealed record ProvisioningTokenDetails(
    string TokenId, string Name, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

/// <summary>The provisioning tokens of the tenant, the newest first; those that ended are shown for 90 days.</summary>
/// <param name="BaseAddress">The address that a directory is given with the token.</param>
/// <param name="Tokens">The tokens.</param>
public sealed record ProvisioningTokenList(string BaseAddress, IReadOnlyList<ProvisioningTokenDetails> Tokens);

/// <summary>Makes a provisioning token.</summary>
/// <param name="Name">What it is for, such as Okta.</param>
public sealed record CreateProvisioningTokenRequest([property: DisplayText(100)] string Name)
{
    /// <summary>Days until it ends: 1 to 365. Default: 180.</summary>
    [Range(1, 365, ErrorMessage = "is 1 to 365")]
    public int? ExpiresInDays { get; init; }
}

/// <summary>A provisioning token that was made.</summary>
/// <param name="Token">The token. It is shown this once and stored nowhere.</param>
/// <param name="Details">What is known of it from now on.</param>
public sealed record CreatedProvisioningToken(string Token, ProvisioningTokenDetails Details);
