using System.Buffers.Text;
using System.Security.Claims;
using System.Text;
using BlokSec.Portal.Security;

namespace BlokSec.Portal.Tests.Security;

public sealed class AdministratorReaderTests
{
    private static readonly AuthSettings Settings = new("http://issuer.test/", "console", "openid");

    [Theory]
    [InlineData("""{"roles":["Users.Read","Devices.Manage"],"tenant_id":"contoso"}""", "contoso", true, true)]
    [InlineData("""{"roles":["Users.Read"],"tid":"contoso"}""", "contoso", true, false)]
    [InlineData("""{"roles":"Users.Read"}""", null, true, false)]
    [InlineData("""{"roles":[]}""", null, false, false)]
    [InlineData("""{}""", null, false, false)]
    public void Roles_and_tenant_are_read_from_the_access_token(string payload, string? tenant, bool reads, bool manages)
    {
        var administrator = AdministratorReader.Of(Token(payload), User(), Settings);
        Assert.Equal(new Administrator($"{tenant}/alice", "Alice Adams", tenant, reads, manages), administrator);
    }

    [Fact]
    public void Who_manages_but_may_not_read_is_offered_nothing() =>
        Assert.False(AdministratorReader.Of(Token("""{"roles":["Devices.Manage"]}"""), User(), Settings).Manages);

    [Theory]
    [InlineData("opaque")]
    [InlineData("a.b.c")]
    [InlineData("a.!!.c")]
    public void A_token_that_cannot_be_read_leaves_what_the_sign_in_said(string token)
    {
        var administrator = AdministratorReader.Of(token, User(new Claim("roles", """["Users.Read"]"""), new Claim("tid", "contoso")), Settings);
        Assert.Equal(new Administrator("contoso/alice", "Alice Adams", "contoso", Reads: true, Manages: false), administrator);
    }

    [Fact]
    public void Other_claims_may_be_named_in_the_settings()
    {
        var settings = Settings with { RoleClaim = "app_roles", TenantClaim = "org" };
        var administrator = AdministratorReader.Of(Token("""{"app_roles":["Users.Read"],"org":"acme","tid":"x"}"""), User(), settings);
        Assert.Equal(new Administrator("acme/alice", "Alice Adams", "acme", Reads: true, Manages: false), administrator);
    }

    private static string Token(string payload) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.signature";

    private static ClaimsPrincipal User(params Claim[] claims) => new(new ClaimsIdentity([new Claim("name", "Alice Adams"), new Claim("sub", "alice"), .. claims], "test"));
}
