using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>Somebody has an administrator's token, or the console that was left open, but cannot sign in.</summary>
public sealed class StepUpTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly Dictionary<string, TokenClaims> Stale = new()
    {
        ["a sign-in of a while ago"] = new() { SignedInAgo = TimeSpan.FromMinutes(15.5) },
        ["a sign-in of yesterday"] = new() { SignedInAgo = TimeSpan.FromDays(1) },
        ["a sign-in that is to come"] = new() { SignedInAgo = TimeSpan.FromHours(-1) },
        ["no word of the sign-in"] = new() { SignedInAgo = null },
        ["words for the sign-in"] = Saying("now"),
        ["a fraction for the sign-in"] = Saying(1e9 + 0.5),
        ["a sign-in before time began"] = Saying(-1L),
        ["a sign-in after time has ended"] = Saying(long.MaxValue),
        ["two sign-ins"] = Saying(new[] { TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), 1L }),
        ["an app's token that a user was asked for"] = new()
        {
            SignedInAgo = null,
            StartsIn = TimeSpan.Zero,
            Further = new Dictionary<string, object> { ["idtyp"] = "app" },
        },
    };

    public static MatrixTheoryData<string, string> StaleCalls => new(["unregistration", "renewal", "QR code", "identity check", "prolongation", "sending"], Stale.Keys);

    [Theory]
    [MemberData(nameof(StaleCalls))]
    public async Task What_cannot_be_taken_back_needs_a_recent_sign_in(string call, string token)
    {
        var user = await cloud.Test.NewUserAsync(phones: 2);
        var before = await cloud.Test.TextAsync(user);

        var answer = await SendAsync(EveryAdminCall.Of(call, user), Stale[token]);

        answer.Problem(401, ProblemCodes.InsufficientUserAuthentication);
        Assert.Contains("\"maxAge\":900", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith(
            "Bearer error=\"insufficient_user_authentication\", error_description=", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(", max_age=\"900\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await cloud.Test.TextAsync(user));
    }

    [Fact]
    public async Task A_secret_for_a_directory_is_made_only_after_a_recent_sign_in()
    {
        var call = new AdminCall(HttpMethod.Post, "provisioning/tokens", """{"name":"Okta"}""");

        (await SendAsync(call, new TokenClaims { SignedInAgo = TimeSpan.FromHours(1) })).Problem(401, ProblemCodes.InsufficientUserAuthentication);
    }

    [Theory]
    [InlineData("bulk-operations", """{"kind":"unregister","selection":{"filter":{}}}""")]
    [InlineData("bulk-operations/00000000000000000000000000000000/start", """{"confirmation":"unregister 1 user","planHash":"x","reason":"y"}""")]
    [InlineData("bulk-operations/00000000000000000000000000000000/resume", null)]
    public async Task Many_users_are_acted_on_only_after_a_recent_sign_in(string path, string? body) =>
        (await SendAsync(new AdminCall(HttpMethod.Post, path, body), new TokenClaims { SignedInAgo = TimeSpan.FromHours(1) }))
            .Problem(401, ProblemCodes.InsufficientUserAuthentication);

    [Fact]
    public async Task Who_lacks_the_role_is_not_asked_to_sign_in_again()
    {
        var user = await cloud.Test.NewUserAsync();

        var answer = await SendAsync(
            EveryAdminCall.Of("unregistration", user), new TokenClaims { Roles = ["Users.Read"], SignedInAgo = TimeSpan.FromHours(1) });

        answer.Problem(403, ProblemCodes.Forbidden);
    }

    [Fact]
    public async Task After_signing_in_again_the_same_call_is_carried_out()
    {
        var user = await cloud.Test.NewUserAsync();
        var call = EveryAdminCall.Of("unregistration", user) with { Headers = [("Idempotency-Key", "k-1")] };
        (await SendAsync(call, new TokenClaims { SignedInAgo = TimeSpan.FromHours(1) })).Problem(401, ProblemCodes.InsufficientUserAuthentication);

        Assert.Equal(202, (await SendAsync(call, new TokenClaims { SignedInAgo = TimeSpan.FromMinutes(14) })).Status);
    }

    [Fact]
    public async Task I1_a_lost_phone_is_removed_without_delay()
    {
        var user = await cloud.Test.NewUserAsync(phones: 2);

        Assert.Equal(202, (await SendAsync(EveryAdminCall.Of("removal", user), new TokenClaims { SignedInAgo = TimeSpan.FromHours(8) })).Status);
    }

    [Fact]
    public async Task I10_the_link_of_a_claim_is_shown_only_after_a_recent_sign_in()
    {
        var user = await cloud.Test.NewUserAsync(phones: 0, invited: true);
        var code = await cloud.RenewClaimAsync(user);
        foreach (var path in new[] { $"users/{user.UserId}/claim", $"users/{user.UserId}" })
        {
            var call = new AdminCall(HttpMethod.Get, path);
            var seen = await SendAsync(call, new TokenClaims { SignedInAgo = TimeSpan.FromHours(1) });

            Assert.Equal(200, seen.Status);
            Assert.DoesNotContain(code, seen.Text, StringComparison.Ordinal);
            Assert.Contains(code, (await SendAsync(call, new TokenClaims())).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Functions_that_demand_a_recent_sign_in_are_these() => Assert.Equal(
        [
            "ChangePolicies", "CheckIdentity", "CreateProvisioningToken", "DecideApproval", "GetClaimQr", "PlanBulkOperation", "ProlongClaim", "RenewClaim",
            "ResumeBulkOperation", "SendClaim", "StartBulkOperation", "UnregisterAllDevices",
        ],
        FunctionMethods.All().Where(method => method.IsDefined(typeof(RecentSignInAttribute), inherit: false)).Select(FunctionMethods.NameOf).Order());

    private static TokenClaims Saying(object signedIn) => new()
    {
        SignedInAgo = null,
        Further = new Dictionary<string, object> { ["auth_time"] = signedIn },
    };

    private Task<RawAnswer> SendAsync(AdminCall call, TokenClaims token) => cloud.Api.SendAsync(
        call.Method,
        call.Path,
        call.Body is null ? null : System.Text.Encoding.UTF8.GetBytes(call.Body),
        headers: call.Headers.Append(("Authorization", $"Bearer {cloud.Issuer.Token(token)}")));
}
