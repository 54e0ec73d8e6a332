using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Functions.Tests.Security;

/// <summary>An issuer of access tokens, whose metadata and keys are fetched through this.</summary>
internal sealed class IssuerOnTheWire : HttpMessageHandler
{
    public const string Address = "https://signin.example.com";

    private const string KeyId = "key-1";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public bool Down { get; set; }

    public int Requests { get; private set; }

    public static string Unsigned() =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor { Issuer = Address, Audience = "bloksec-api" });

    public string Symmetric() => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Address,
        Audience = "bloksec-api",
        SigningCredentials = new SigningCredentials(
            new SymmetricSecurityKey(key.ExportSubjectPublicKeyInfo()) { KeyId = KeyId }, SecurityAlgorithms.HmacSha256),
    });

    public string Token(
        object? tenant,
        string[]? roles = null,
        string audience = "bloksec-api",
        string issuedBy = Address,
        TimeSpan? expires = null,
        ECDsa? signer = null)
    {
        var claims = new Dictionary<string, object>
        {
            ["sub"] = "alice",
            ["name"] = "Alice Admin",
            ["roles"] = roles ?? ["Users.Read", "Devices.Manage", "Users.Manage", "Applications.Manage", "Audit.Read", "Policies.Manage"],
            ["scp"] = "access_as_user",
        };
        if (tenant is not null)
        {
            claims["tenant_id"] = tenant;
        }

        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuedBy,
            Audience = audience,
            IssuedAt = now - TimeSpan.FromMinutes(5),
            NotBefore = now - TimeSpan.FromMinutes(5),
            Expires = now + (expires ?? TimeSpan.FromMinutes(5)),
            Claims = claims,
            SigningCredentials = new SigningCredentials(
                new ECDsaSecurityKey(signer ?? key) { KeyId = KeyId }, SecurityAlgorithms.EcdsaSha256),
        });
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        if (Down)
        {
            throw new HttpRequestException("Connection refused");
        }

        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(
            new ECDsaSecurityKey(ECDsa.Create(key.ExportParameters(false))) { KeyId = KeyId });
        object answer = request.RequestUri!.AbsolutePath switch
        {
            "/.well-known/openid-configuration" => new { issuer = Address, jwks_uri = Address + "/jwks" },
            "/jwks" => new { keys = new[] { new { kty = "EC", crv = "P-256", x = jwk.X, y = jwk.Y, kid = KeyId, use = "sig" } } },
            _ => throw new HttpRequestException("Not found"),
        };
        return Task.FromResult(new HttpResponseMessage { Content = JsonContent.Create(answer) });
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            key.Dispose();
        }

        base.Dispose(disposing);
    }
}
