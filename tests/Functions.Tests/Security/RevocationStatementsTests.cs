using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Security;

public sealed class RevocationStatementsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string deviceId;

    public RevocationStatementsTests()
    {
        using var signer = Signer.P256();
        deviceId = signer.DeviceId;
    }

    public void Dispose() => key.Dispose();

    [Fact]
    public void I2_a_statement_names_tenant_user_device_and_epoch_and_verifies_with_the_published_key()
    {
        var statements = Create("https://api.example.com");
        var statement = statements.Sign(
            "contoso", "user-1", deviceId, 7, "01JNABCDEFGHJKMNPQRSTVWXYZ", RevocationReasons.DeviceRemoved, Now);

        var parts = statement.Split('.');
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        var published = Assert.Single(statements.PublicKeys.Keys);
        Assert.Equal(
            $$"""{"typ":"revocation-statement+jwt","alg":"ES256","kid":"{{published.Kid}}"}""", header.RootElement.GetRawText());
        Assert.Equal(
            ["iss", "iat", "jti", "tenant", "user", "device", "epoch", "operation", "reason"],
            claims.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("https://api.example.com", claims.RootElement.GetProperty("iss").GetString());
        Assert.Equal(Now.ToUnixTimeSeconds(), claims.RootElement.GetProperty("iat").GetInt64());
        Assert.Equal("contoso", claims.RootElement.GetProperty("tenant").GetString());
        Assert.Equal("user-1", claims.RootElement.GetProperty("user").GetString());
        Assert.Equal(deviceId, claims.RootElement.GetProperty("device").GetString());
        Assert.Equal(7, claims.RootElement.GetProperty("epoch").GetInt64());

        Assert.True(JsonWebKeys.TryParse($$"""{"kty":"EC","crv":"P-256","x":"{{published.X}}","y":"{{published.Y}}"}""", out var verifier));
        Assert.Equal(published.Kid, verifier.Thumbprint);
        Assert.True(verifier.Verify(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2])));
    }

    [Fact]
    public void The_longest_statement_fits_a_push()
    {
        var statements = Create("https://" + new string('h', 92));
        var longest = statements.Sign(
            new string('t', 64), new string('u', 64), deviceId, long.MaxValue, new string('o', 36), new string('r', 24), Now);
        Assert.InRange(longest.Length, 1, RevocationStatements.MaximumLength);
        Assert.Equal(
            longest.Length,
            statements.Sign(
                new string('t', 64), new string('u', 64), deviceId, long.MaxValue, new string('o', 36), new string('r', 24), Now).Length);
    }

    [Theory]
    [InlineData("con.toso", "user", "operation", "reason")]
    [InlineData("contoso", "us/er", "operation", "reason")]
    [InlineData("contoso", "user", "", "reason")]
    [InlineData("contoso", "user", "operation", "a reason in words")]
    public void What_is_not_in_its_format_is_not_signed(string tenant, string user, string operation, string reason) =>
        Assert.Throws<ArgumentException>(() => Create("https://api.example.com").Sign(tenant, user, deviceId, 1, operation, reason, Now));

    [Fact]
    public void Earlier_keys_stay_published()
    {
        using var older = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var oldest = Signer.P256();
        var statements = Create(
            "https://api.example.com", older.ExportSubjectPublicKeyInfoPem(), oldest.PublicKey.JsonWebKey, key.ExportSubjectPublicKeyInfoPem());

        Assert.Equal(3, statements.PublicKeys.Keys.Count);
        Assert.Equal(oldest.DeviceId, statements.PublicKeys.Keys[2].Kid);
        Assert.All(statements.PublicKeys.Keys, published => Assert.Equal(("ES256", "sig"), (published.Alg, published.Use)));
    }

    [Fact]
    public void A_key_on_another_curve_is_not_used()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var options = new StatementOptions { SigningKey = other.ExportPkcs8PrivateKeyPem() };
        using var keys = new StatementKeys(Options.Create(options));
        Assert.Throws<CryptographicException>(() => keys.KeyId);
    }

    [Fact]
    public void A_signing_key_in_another_form_is_refused_at_start()
    {
        var validator = new StatementOptions.Validator();
        Assert.True(validator.Validate(null, new StatementOptions { SigningKey = key.ExportPkcs8PrivateKeyPem() }).Succeeded);
        Assert.True(validator.Validate(null, new StatementOptions { SigningKey = key.ExportSubjectPublicKeyInfoPem() }).Failed);
        Assert.True(validator.Validate(null, new StatementOptions { SigningKey = key.ExportECPrivateKeyPem() }).Failed);
        Assert.True(validator.Validate(null, new StatementOptions()).Failed);
    }

    [Theory]
    [InlineData("https://api.example.com", true)]
    [InlineData("http://localhost:7071", true)]
    [InlineData("https://gateway.example.com/bloksec", true)]
    [InlineData("https://api.example.com/", false)]
    [InlineData("https://api.example.com?x=1", false)]
    [InlineData("https://api.example.com#x", false)]
    [InlineData("https://me@api.example.com", false)]
    [InlineData("ftp://api.example.com", false)]
    [InlineData("/api", false)]
    [InlineData("api.example.com", false)]
    [InlineData("", false)]
    public void The_public_address_is_checked_at_start(string url, bool good) =>
        Assert.Equal(good, new ApiOptions.Validator().Validate(null, new ApiOptions { PublicUrl = url }).Succeeded);

    private RevocationStatements Create(string issuer, params string[] previous)
    {
        var options = new StatementOptions { SigningKey = key.ExportPkcs8PrivateKeyPem() };
        options.PreviousKeys.AddRange(previous);
        return new RevocationStatements(
            new StatementKeys(Options.Create(options)), new PublicAddress(Options.Create(new ApiOptions { PublicUrl = issuer })));
    }
}
