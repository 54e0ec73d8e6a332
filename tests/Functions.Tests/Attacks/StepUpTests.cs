using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Budgets;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

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

    /// <summary>Calls that need a recent sign-in and give the same answer for the same key; each with the name of the id in its answer.</summary>
    public static TheoryData<string, string> Repeatable => new()
    {
        { "unregistration", "operationId" },
        { "renewal", "claimId" },
        { "bulk plan", "bulkOperationId" },
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

    [Theory]
    [MemberData(nameof(Repeatable))]
    public async Task What_was_answered_once_is_answered_again_only_to_a_recent_sign_in(string call, string id)
    {
        var (user, repeated) = await RepeatableAsync(call);
        var first = await AnsweredAsync(repeated, id);
        await cloud.Test.AtRestAsync(user);
        var before = await cloud.Test.TextAsync(user);

        var cost = await Cost.OfAsync(cloud.Test, async () =>
        {
            var again = await SendAsync(repeated, new TokenClaims { SignedInAgo = TimeSpan.FromHours(1) });
            again.Problem(401, ProblemCodes.InsufficientUserAuthentication);
            Assert.DoesNotContain(first, again.Text, StringComparison.Ordinal);
            Assert.False(again.Headers.Contains("Operation-Location"));
            Assert.Null(again.Headers.Location);
        });

        Cost.AssertIs([], 0, cost);
        Assert.Equal(before, await cloud.Test.TextAsync(user));
        Assert.Equal(first, await AnsweredAsync(repeated, id));
    }

    [Theory]
    [MemberData(nameof(Repeatable))]
    public async Task Who_signed_in_again_has_a_new_token_and_the_old_one_is_still_refused(string call, string id)
    {
        var (_, repeated) = await RepeatableAsync(call);
        var old = cloud.Issuer.Token(new TokenClaims { SignedInAgo = TimeSpan.FromHours(1) });
        (await SendAsync(repeated, old)).Problem(401, ProblemCodes.InsufficientUserAuthentication);
        var first = await AnsweredAsync(repeated, id);

        var again = await SendAsync(repeated, old);

        again.Problem(401, ProblemCodes.InsufficientUserAuthentication);
        Assert.DoesNotContain(first, again.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("renewal", "claimId")]
    [InlineData("bulk plan", "bulkOperationId")]
    public async Task The_same_key_of_another_administrator_gives_an_answer_of_its_own(string call, string id)
    {
        var (_, repeated) = await RepeatableAsync(call);
        var first = await SendAsync(repeated, new TokenClaims());

        var others = await SendAsync(repeated, new TokenClaims { Subject = "bob" });

        Assert.InRange(others.Status, 200, 201);
        Assert.NotEqual(first.Json.GetProperty(id).GetString(), others.Json.GetProperty(id).GetString());
        if (call == "renewal")
        {
            Assert.NotEqual(first.Json.GetProperty("link").GetString(), others.Json.GetProperty("link").GetString());
            (await SendAsync(repeated, new TokenClaims())).Problem(409, ProblemCodes.ClaimReplaced);
        }
    }

    /// <summary>Whoever unregisters a user again gets the operation that is under way, as they would without any key.</summary>
    [Fact]
    public async Task The_same_key_of_another_administrator_is_not_taken_for_the_first_ones_unregistration()
    {
        var (user, first) = await RepeatableAsync("unregistration");
        var other = first with { Body = """{"confirmation":"unregister all devices","reason":"Stolen"}""" };
        await AnsweredAsync(first, "operationId");

        (await SendAsync(other, new TokenClaims())).Problem(422, ProblemCodes.IdempotencyKeyReused);
        var bob = new TokenClaims { Subject = "bob" };
        var (known, unknown) = (await SendAsync(other, bob), await SendAsync(other with { Headers = [] }, bob));

        Assert.InRange(known.Status, 200, 202);
        Assert.Equal(unknown.Json.GetProperty("operationId").GetString(), known.Json.GetProperty("operationId").GetString());
        Assert.Single(await cloud.Test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType));
        Assert.Equal("alice", Assert.Single(await cloud.Test.AuditAsync(user), entry => entry.Action == AuditActions.UserUnregistered).Actor.Id);
    }

    [Theory]
    [MemberData(nameof(Repeatable))]
    public async Task I9_The_same_key_in_another_tenant_finds_nothing(string call, string id)
    {
        var (user, repeated) = await RepeatableAsync(call);
        var first = await AnsweredAsync(repeated, id);
        await cloud.Test.AtRestAsync(user);
        var before = await cloud.Test.TextAsync(user);

        var others = await SendAsync(repeated, new TokenClaims { Tenant = "fabrikam" });

        if (call == "bulk plan")
        {
            Assert.Equal(201, others.Status);
        }
        else
        {
            others.Problem(404, ProblemCodes.NotFound);
        }

        Assert.DoesNotContain(first, others.Text, StringComparison.Ordinal);
        Assert.Equal(before, await cloud.Test.TextAsync(user));
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

    private async Task<(TestUser User, AdminCall Call)> RepeatableAsync(string call)
    {
        var user = call == "renewal" ? await cloud.Test.NewUserAsync(phones: 0, invited: true) : await cloud.Test.NewUserAsync(phones: 2);
        var made = call == "bulk plan"
            ? new AdminCall(HttpMethod.Post, "bulk-operations", $$$"""{"kind":"unregister","selection":{"userIds":["{{{user.UserId}}}"]}}""")
            : EveryAdminCall.Of(call, user);
        return (user, made with { Headers = [("Idempotency-Key", $"key-{user.UserId}")] });
    }

    /// <summary>Sends it after a recent sign-in; the id in the answer.</summary>
    private async Task<string> AnsweredAsync(AdminCall call, string id)
    {
        var answer = await SendAsync(call, new TokenClaims());
        Assert.True(answer.Status is 200 or 201 or 202, answer.Text);
        return answer.Json.GetProperty(id).GetString()!;
    }

    private Task<RawAnswer> SendAsync(AdminCall call, TokenClaims token) => SendAsync(call, cloud.Issuer.Token(token));

    private Task<RawAnswer> SendAsync(AdminCall call, string token) => cloud.Api.SendAsync(
        call.Method,
        call.Path,
        call.Body is null ? null : System.Text.Encoding.UTF8.GetBytes(call.Body),
        headers: call.Headers.Append(("Authorization", $"Bearer {token}")));
}
