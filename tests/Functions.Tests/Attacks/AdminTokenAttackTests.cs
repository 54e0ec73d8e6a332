using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Functions.Tests.Attacks;

public sealed class AdminTokenAttackTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly TestUser Nobody = new(TestCloud.Tenant, "nobody", [], []);

    private static readonly TokenClaims IdToken = new() { Scope = null, Further = new Dictionary<string, object> { ["nonce"] = "n" } };

    private static readonly Dictionary<string, TokenClaims> Scopeless = new()
    {
        ["no scope"] = new() { Scope = null },
        ["an empty scope"] = new() { Scope = "" },
        ["another scope"] = new() { Scope = "user.read" },
        ["a scope that begins alike"] = new() { Scope = "access_as_user.read" },
        ["a scope in other letters"] = new() { Scope = "Access_As_User" },
        ["an ID token without a nonce"] = new() { Scope = null, Type = "JWT" },
        ["an app's own token"] = new() { Scope = null, Further = new Dictionary<string, object> { ["idtyp"] = "app" } },
        ["an access token by its type alone"] = new() { Scope = null, Type = "at+jwt" },
    };

    private static readonly Dictionary<string, Func<OpenCloud, string?>> Bad = new()
    {
        ["none at all"] = _ => null,
        ["garbage"] = _ => "Bearer garbage",
        ["another scheme"] = cloud => $"Basic {cloud.Admin}",
        ["expired"] = cloud => Bearer(cloud, new() { StartsIn = TimeSpan.FromHours(-2), ExpiresIn = TimeSpan.FromMinutes(-2) }),
        ["not yet good"] = cloud => Bearer(cloud, new() { StartsIn = TimeSpan.FromMinutes(5) }),
        ["another audience"] = cloud => Bearer(cloud, new() { Audience = "another-api" }),
        ["another issuer"] = cloud => Bearer(cloud, new() { Issuer = "https://evil.example" }),
        ["another key"] = cloud => Bearer(cloud, new() { SignedBy = TestIssuer.ForeignKey() }),
        ["alg none"] = cloud => Bearer(cloud, new() { Unsigned = true }),
        ["HS256 with the public key as secret"] = cloud => Bearer(cloud, new()
        {
            SignedBy = new SigningCredentials(
                new SymmetricSecurityKey(cloud.Issuer.PublicKey) { KeyId = TestIssuer.KeyId }, SecurityAlgorithms.HmacSha256),
        }),
        ["an ID token with the API's audience"] = cloud => Bearer(cloud, IdToken),
        ["an ID token of a code flow"] = cloud => Bearer(cloud, IdToken with { Further = new Dictionary<string, object> { ["at_hash"] = "x" } }),
        ["an ID token that says it is of an app"] = cloud => Bearer(cloud, IdToken with
        {
            Further = new Dictionary<string, object> { ["nonce"] = "n", ["idtyp"] = "app" },
        }),
        ["a logout token"] = cloud => Bearer(cloud, new() { Type = "logout+jwt" }),
        ["a token of another type"] = cloud => Bearer(cloud, new() { Type = "dpop+jwt" }),
        ["a phone's proof"] = cloud => $"Bearer {cloud.Call(Nobody, HttpMethod.Get, "users").Proof.Build()}",
    };

    private static readonly Dictionary<string, TokenClaims> Powerless = new()
    {
        ["no tenant"] = new() { Tenant = null },
        ["an empty tenant"] = new() { Tenant = "" },
        ["a malformed tenant"] = new() { Tenant = "con.toso" },
        ["a tenant with a slash"] = new() { Tenant = "contoso/x" },
        ["a tenant too long"] = new() { Tenant = new string('t', 65) },
        ["two tenants"] = new() { Tenant = new[] { "contoso", "fabrikam" } },
        ["a number as tenant"] = new() { Tenant = 1.5 },
        ["no subject"] = new() { Subject = "" },
        ["no roles"] = new() { Roles = [] },
        ["roles in other letters"] = new() { Roles = ["users.read", "devices.manage"] },
        ["other roles"] = new() { Roles = ["Admin", "*"] },
    };

    public static MatrixTheoryData<string, string> BadTokens => new(EveryAdminCall.Names, Bad.Keys);

    public static MatrixTheoryData<string, string> PowerlessTokens => new(EveryAdminCall.Names, Powerless.Keys);

    public static MatrixTheoryData<string, string> ScopelessTokens => new(EveryAdminCall.Names, Scopeless.Keys);

    public static TheoryData<string> Managing => [.. EveryAdminCall.Managing];

    public static TheoryData<string> Reading => [.. EveryAdminCall.Reading];

    public static TheoryData<string> All => [.. EveryAdminCall.Names.Except(EveryAdminCall.Tenant)];

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_token_that_is_not_for_us_is_refused(string call, string token)
    {
        var user = await VictimAsync();

        var answer = await SendAsync(EveryAdminCall.Of(call, user), Bad[token](cloud));

        answer.Problem(401, ProblemCodes.Unauthenticated);
        Assert.StartsWith("Bearer", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PowerlessTokens))]
    public async Task I9_a_token_without_one_tenant_or_without_the_role_opens_nothing(string call, string token)
    {
        var user = await VictimAsync();

        var answer = await SendAsync(EveryAdminCall.Of(call, user), $"Bearer {cloud.Issuer.Token(Powerless[token])}");

        answer.Problem(403, ProblemCodes.Forbidden);
    }

    [Theory]
    [MemberData(nameof(ScopelessTokens))]
    public async Task A_token_without_the_scope_opens_nothing_and_is_told_which_one_is_missing(string call, string token)
    {
        var user = await VictimAsync();

        var answer = await SendAsync(EveryAdminCall.Of(call, user), $"Bearer {cloud.Issuer.Token(Scopeless[token])}");

        answer.Problem(403, ProblemCodes.InsufficientScope);
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"access_as_user\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("at+jwt", "access_as_user")]
    [InlineData("application/at+jwt", "openid access_as_user profile")]
    [InlineData("JWT", "user.read access_as_user")]
    [InlineData(null, "access_as_user")]
    public async Task A_token_with_the_scope_is_one_of_its_holder(string? type, string scope)
    {
        var answer = await cloud.Api.SendAsync(
            cloud.Issuer.Token(new TokenClaims { Type = type, Scope = scope }), HttpMethod.Get, "users?pageSize=1");

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [MemberData(nameof(Managing))]
    public async Task A_reader_changes_nothing(string call)
    {
        var user = await VictimAsync();
        var before = await cloud.Test.TextAsync(user);

        (await SendAsync(EveryAdminCall.Of(call, user), $"Bearer {cloud.Reader}")).Problem(403, ProblemCodes.Forbidden);

        Assert.Equal(before, await cloud.Test.TextAsync(user));
    }

    [Theory]
    [MemberData(nameof(Reading))]
    public async Task A_manager_without_the_right_to_read_reads_nothing(string call)
    {
        var user = await VictimAsync();
        var manager = cloud.Issuer.Token(new TokenClaims { Roles = ["Devices.Manage"] });

        (await SendAsync(EveryAdminCall.Of(call, user), $"Bearer {manager}")).Problem(403, ProblemCodes.Forbidden);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task I9_for_another_tenants_administrator_the_user_does_not_exist(string call)
    {
        var user = await VictimAsync();
        var before = await cloud.Test.TextAsync(user);

        var answer = await SendAsync(EveryAdminCall.Of(call, user), $"Bearer {cloud.Neighbour}");

        answer.Problem(404, ProblemCodes.NotFound);
        Assert.DoesNotContain(user.UserId, answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, await cloud.Test.TextAsync(user));
        Assert.Empty(await cloud.Test.DocumentsAsync("fabrikam", user.UserId));
    }

    [Fact]
    public async Task I9_another_tenants_administrator_finds_nobody_by_searching()
    {
        var user = await VictimAsync();

        var answer = await cloud.Api.SendAsync(cloud.Neighbour, HttpMethod.Get, "users?search=test&pageSize=200");

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain(user.UserId, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I9_another_tenants_operation_does_not_exist()
    {
        var user = await cloud.NewRemovedAsync();
        var operation = (await cloud.Test.DocumentsAsync(user)).OfType("operation").Single();
        var path = $"users/{user.UserId}/operations/{operation.GetProperty("operationId").GetString()}";

        Assert.Equal(200, (await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Get, path)).Status);
        (await cloud.Api.SendAsync(cloud.Neighbour, HttpMethod.Get, path)).Problem(404, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task I10_a_reader_never_sees_the_claims_link_or_QR_code()
    {
        var user = await cloud.Test.NewUserAsync(phones: 0, invited: true);
        var code = await cloud.RenewClaimAsync(user);

        foreach (var path in new[] { $"users/{user.UserId}/claim", $"users/{user.UserId}" })
        {
            var seen = await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Get, path);
            Assert.Equal(200, seen.Status);
            Assert.DoesNotContain("claim#", seen.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(code, seen.Text, StringComparison.Ordinal);
            Assert.Contains(code, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, path)).Text, StringComparison.Ordinal);
        }

        (await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Get, $"users/{user.UserId}/claim/qr")).Problem(403, ProblemCodes.Forbidden);
        Assert.Equal(200, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users/{user.UserId}/claim/qr")).Status);
    }

    // Refused calls change nothing, so all of them share their victim.
    private Task<TestUser> VictimAsync() => LazyInitializer.EnsureInitialized(ref victim, () => cloud.Test.NewUserAsync(phones: 2));

    private static Task<TestUser>? victim;

    private static string Bearer(OpenCloud cloud, TokenClaims claims) => $"Bearer {cloud.Issuer.Token(claims)}";

    private Task<RawAnswer> SendAsync(AdminCall call, string? authorization) => cloud.Api.SendAsync(
        call.Method,
        call.Path,
        call.Body is null ? null : System.Text.Encoding.UTF8.GetBytes(call.Body),
        headers: authorization is null ? call.Headers : call.Headers.Append(("Authorization", authorization)));
}
