using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Local.SignIn;

/// <summary>
/// Access tokens of the managed identity, for the other stand-ins. The Azure SDKs ask for these audiences: Microsoft.Azure.Cosmos for
/// <c>https://{host of the account}</c> (scope <c>https://{host}/.default</c>, without port), Service Bus for
/// <c>https://servicebus.azure.net</c>.
/// </summary>
internal sealed class IdentityTokens(SignInKeys keys, Func<Uri> issuer, TimeProvider time)
{
    /// <summary>The client id of the managed identity, in the claims <c>appid</c> and <c>sub</c>.</summary>
    public const string ClientId = "00000000-0000-0000-0000-00000000b10c";

    /// <summary>Managed identities' tokens live for a day.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private static readonly JsonWebTokenHandler Handler = new();

    /// <summary>Makes a token for a resource.</summary>
    public (string Token, DateTimeOffset ExpiresAt) Create(string resource)
    {
        var now = time.GetUtcNow();
        var expiresAt = now + Lifetime;
        var token = Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer().AbsoluteUri,
            Audience = resource,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expiresAt.UtcDateTime,
            Claims = new Dictionary<string, object> { ["sub"] = ClientId, ["oid"] = ClientId, ["appid"] = ClientId, ["idtyp"] = "app" },
            SigningCredentials = new SigningCredentials(keys.Signing, SecurityAlgorithms.EcdsaSha256),
        });
        return (token, expiresAt);
    }

    /// <summary>Whether a token was made here for one of these audiences, with or without a slash at the end, and is still good.</summary>
    public async Task<bool> ValidateAsync(string token, IEnumerable<string> audiences)
    {
        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = issuer().AbsoluteUri,
            ValidAudiences = [.. audiences.Select(audience => audience.TrimEnd('/')).SelectMany(bare => (string[])[bare, $"{bare}/"])],
            IssuerSigningKey = keys.Signing,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ClockSkew = TimeSpan.Zero,
            LifetimeValidator = (notBefore, expires, _, _) =>
                notBefore <= time.GetUtcNow().UtcDateTime && expires > time.GetUtcNow().UtcDateTime,
        });
        return result.IsValid;
    }
}
