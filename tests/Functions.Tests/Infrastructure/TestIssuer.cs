using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>What an access token says; a <c>with</c> expression forges any part.</summary>
internal sealed record TokenClaims
{
    public string Subject { get; init; } = "alice";

    public object? Tenant { get; init; } = TestCloud.Tenant;

    public IReadOnlyList<string> Roles { get; init; } = ["Users.Read", "Devices.Manage", "Users.Manage", "Applications.Manage", "Audit.Read", "Policies.Manage"];

    public string Audience { get; init; } = "bloksec-api";

    /// <summary>The delegated scopes; null for none, as in an ID token.</summary>
    public string? Scope { get; init; } = "access_as_user";

    /// <summary>The <c>typ</c> in the header; null for none.</summary>
    public string? Type { get; init; } = "JWT";

    /// <summary>How long ago the administrator signed in; null for a token that does not say it.</summary>
    public TimeSpan? SignedInAgo { get; init; } = TimeSpan.Zero;

    /// <summary>Any further claims.</summary>
    public IReadOnlyDictionary<string, object> Further { get; init; } = new Dictionary<string, object>();

    public string? Issuer { get; init; }

    public TimeSpan ExpiresIn { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan StartsIn { get; init; } = TimeSpan.FromHours(-1);

    /// <summary>Signs instead of the issuer's key.</summary>
    public SigningCredentials? SignedBy { get; init; }

    public bool Unsigned { get; init; }
}

/// <summary>A sign-in service on a real socket that issues any token.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string KeyId = "key-1";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private WebApplication app = null!;

    private TestIssuer()
    {
    }

    public string Address => app.Urls.First();

    /// <summary>The API of a system that trusts this issuer, once it answers: its first call takes a slow machine longer than the app waits.</summary>
    public async Task<RawApi> ApiOfAsync(TestCloud test)
    {
        var api = new RawApi(test.Cloud.ApiAddress);
        var somebody = Token(new TokenClaims { Tenant = "elsewhere" });
        return await test.UntilAsync(
            async () => (await api.SendAsync(somebody, HttpMethod.Get, "users/nobody")).Status == 503 ? null : api, "the app answers");
    }

    /// <summary>Whether everybody gets 503.</summary>
    public bool Down { get; set; }

    /// <summary>The public key, as everybody can have it.</summary>
    public byte[] PublicKey => key.ExportSubjectPublicKeyInfo();

    public static async Task<TestIssuer> StartAsync()
    {
        var issuer = new TestIssuer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        issuer.app = builder.Build();
        issuer.app.MapGet("/.well-known/openid-configuration", () => issuer.Answer(
            new { issuer = issuer.Address, jwks_uri = $"{issuer.Address}/jwks" }));
        issuer.app.MapGet("/jwks", () => issuer.Answer(new { keys = new[] { issuer.Jwk() } }));
        await issuer.app.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    public static SigningCredentials ForeignKey() =>
        new(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = KeyId }, SecurityAlgorithms.EcdsaSha256);

    public string Token(TokenClaims? claims = null)
    {
        claims ??= new TokenClaims();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var values = new Dictionary<string, object> { ["sub"] = claims.Subject, ["name"] = $"{claims.Subject} Admin", ["roles"] = claims.Roles };
        if (claims.Tenant is not null)
        {
            values["tenant_id"] = claims.Tenant;
        }

        if (claims.Scope is not null)
        {
            values["scp"] = claims.Scope;
        }

        if (claims.SignedInAgo is { } ago)
        {
            values["auth_time"] = new DateTimeOffset(now - ago).ToUnixTimeSeconds();
        }

        foreach (var (name, value) in claims.Further)
        {
            values[name] = value;
        }

        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = claims.Issuer ?? Address,
            Audience = claims.Audience,
            IssuedAt = now + claims.StartsIn,
            NotBefore = now + claims.StartsIn,
            Expires = now + claims.ExpiresIn,
            Claims = values,
            TokenType = claims.Type,
            SigningCredentials = claims.Unsigned
                ? null
                : claims.SignedBy ?? new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = KeyId }, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
    }

    private IResult Answer(object body) => Down ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable) : Results.Json(body);

    private object Jwk()
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return new
        {
            kty = "EC",
            crv = "P-256",
            alg = "ES256",
            use = "sig",
            kid = KeyId,
            x = Base64UrlEncoder.Encode(q.X),
            y = Base64UrlEncoder.Encode(q.Y),
        };
    }
}
