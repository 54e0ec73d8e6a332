using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Scim;

/// <summary>Tokens for directories that cannot get access tokens.</summary>
public sealed class ProvisioningTokenTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task A_token_provisions_users_of_its_tenant_and_its_last_use_is_seen()
    {
        var (token, tokenId) = await CreatedAsync("Okta");
        Assert.Matches("^bsprov_contoso\\.[0-9a-f]{32}\\.[A-Za-z0-9_-]{43}$", token);

        var user = (await cloud.ScimAsync(HttpMethod.Post, "Users", OktaRequests.Create(ScimTest.NewName(), "1"), token)).Scim(201);

        Assert.Equal([user.Id()], await cloud.FoundAsync($"id eq \"{user.Id()}\"", token));
        Assert.Equal([user.Id()], await cloud.FoundAsync($"id eq \"{user.Id()}\""));
        var listed = await ListedAsync(tokenId);
        Assert.Equal(("Okta", "alice Admin"), (listed.Text("name"), listed.Text("createdBy")));
        Assert.NotNull(listed.Text("lastUsedAt"));
        var audit = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users/{user.Id()}/audit");
        Assert.Contains("\"actorKind\":\"directory\"", audit.Text, StringComparison.Ordinal);
        Assert.Contains("\"actorName\":\"Okta\"", audit.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I10_a_token_is_shown_once_and_stored_nowhere()
    {
        var (token, tokenId) = await CreatedAsync("Once");
        var secret = token.Split('.')[2];

        var list = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, "provisioning/tokens");
        var stored = await cloud.Test.TextAsync(TestCloud.Tenant, "~provisioning");

        Assert.Contains(tokenId, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("igest", list.Text, StringComparison.Ordinal);
        await cloud.FoundAsync("userName eq \"nobody\"", token);
        Assert.DoesNotContain(secret, string.Join('\n', cloud.Test.Logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_is_refused()
    {
        var (token, tokenId) = await CreatedAsync("Revoked");
        await cloud.FoundAsync("userName eq \"nobody\"", token);

        Assert.Equal(204, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Delete, $"provisioning/tokens/{tokenId}")).Status);
        Assert.Equal(204, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Delete, $"provisioning/tokens/{tokenId}")).Status);

        var answer = await cloud.FindAsync("userName eq \"nobody\"", token);
        answer.ScimError(401);
        Assert.Equal("error=\"invalid_token\"", answer.Headers.WwwAuthenticate.Single().Parameter);
        Assert.NotNull((await ListedAsync(tokenId)).Text("revokedAt"));
    }

    [Fact]
    public async Task A_revoked_token_is_refused_by_another_instance_whose_clock_was_set_back()
    {
        var back = TimeSpan.FromHours(1);
        using var other = await cloud.StartAnotherAsync();
        var (token, tokenId) = await CreatedAsync("Set back");
        Assert.Equal(200, (await other.SendAsync(token, HttpMethod.Get, "scim/v2/Users?count=0")).Status);
        Assert.Equal(204, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Delete, $"provisioning/tokens/{tokenId}")).Status);

        cloud.Test.Time.Advance(-back);
        try
        {
            Assert.Equal(401, (await other.SendAsync(token, HttpMethod.Get, "scim/v2/Users?count=0")).Status);
        }
        finally
        {
            cloud.Test.Time.Advance(back);
        }
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        var (token, tokenId) = await CreatedAsync("Short", ",\"expiresInDays\":1");
        using var changed = await cloud.Test.Cloud.Container.PatchItemStreamAsync(
            $"provisioningToken:{tokenId}",
            new PartitionKeyBuilder().Add(TestCloud.Tenant).Add("~provisioning").Build(),
            [PatchOperation.Set("/expiresAt", cloud.Test.Time.GetUtcNow())],
            cancellationToken: TestContext.Current.CancellationToken);
        changed.EnsureSuccessStatusCode();

        (await cloud.FindAsync("userName eq \"nobody\"", token)).ScimError(401);
    }

    [Fact]
    public async Task A_token_of_another_tenant_or_with_another_id_or_secret_is_refused()
    {
        var (token, _) = await CreatedAsync("Mine");
        var (other, _) = await CreatedAsync("Other");
        var (mine, others) = (token.Split('.'), other.Split('.'));
        foreach (var forged in (string[])[
            $"bsprov_fabrikam.{mine[1]}.{mine[2]}", $"{mine[0]}.{others[1]}.{mine[2]}", $"{mine[0]}.{mine[1]}.{others[2]}", $"{mine[0]}.{mine[1]}", $"{mine[0]}.{mine[1]}.",
            $"{token}A", token[..^1], token.ToUpperInvariant(), $"{token}.x", "bsprov_", "bsprov_contoso/../x.y.z"])
        {
            (await cloud.ScimAsync(HttpMethod.Get, "Users", token: forged)).ScimError(401);
        }

        Assert.Equal(404, (await cloud.Api.SendAsync(cloud.Neighbour, HttpMethod.Delete, $"provisioning/tokens/{mine[1]}")).Status);
        Assert.DoesNotContain(mine[1], (await cloud.Api.SendAsync(cloud.Neighbour, HttpMethod.Get, "provisioning/tokens")).Text, StringComparison.Ordinal);
        await cloud.FoundAsync("userName eq \"nobody\"", token);
    }

    [Fact]
    public async Task Whoever_guesses_tokens_is_stopped_and_whoever_has_one_is_not()
    {
        var (token, tokenId) = await CreatedAsync("Guessed");
        (string, string)[] from = [("X-Forwarded-For", "198.51.100.7")];
        (await cloud.ScimAsync(HttpMethod.Get, "Users?count=1", token: token, headers: from)).Scim(200);
        RawAnswer stopped;
        var guesses = 0;
        do
        {
            stopped = await cloud.ScimAsync(HttpMethod.Get, "Users", token: $"bsprov_contoso.{tokenId}.{new string('A', 42)}{"AEIMQUYcgkosw048"[guesses % 16]}", headers: from);
        }
        while (stopped.Status == 401 && ++guesses < 1_000);

        Assert.InRange(guesses, 59, 999);
        stopped.ScimError(429);
        Assert.NotNull(stopped.Headers.RetryAfter);
        (await cloud.ScimAsync(HttpMethod.Get, "Users?count=1", token: token, headers: from)).Scim(200);
        (await cloud.ScimAsync(HttpMethod.Get, "Users", token: $"bsprov_contoso.{tokenId}.{new string('A', 43)}", headers: ("X-Forwarded-For", "198.51.100.8"))).ScimError(401);
    }

    [Fact]
    public async Task A_token_opens_nothing_but_SCIM()
    {
        var (token, _) = await CreatedAsync("Narrow");

        foreach (var path in (string[])["users", "provisioning/tokens", "authentication-requests/x", "users/x/claim"])
        {
            Assert.Equal(401, (await cloud.Api.SendAsync(token, HttpMethod.Get, path)).Status);
        }
    }

    [Fact]
    public async Task Who_does_not_manage_users_makes_lists_and_revokes_none()
    {
        (await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Post, "provisioning/tokens", """{"name":"x"}""")).Problem(403, ProblemCodes.Forbidden);
        (await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Get, "provisioning/tokens")).Problem(403, ProblemCodes.Forbidden);
        (await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Delete, $"provisioning/tokens/{new string('0', 32)}")).Problem(403, ProblemCodes.Forbidden);
    }

    [Fact]
    public async Task I14_a_tenant_has_a_bounded_number_of_tokens()
    {
        var admin = cloud.Issuer.Token(new TokenClaims { Tenant = $"many{Guid.NewGuid():N}" });
        for (var number = 0; number < 20; number++)
        {
            Assert.Equal(201, (await cloud.Api.SendAsync(admin, HttpMethod.Post, "provisioning/tokens", """{"name":"x"}""")).Status);
        }

        (await cloud.Api.SendAsync(admin, HttpMethod.Post, "provisioning/tokens", """{"name":"x"}""")).Problem(409, ProblemCodes.Conflict);
    }

    private async Task<(string Token, string TokenId)> CreatedAsync(string name, string further = "")
    {
        var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, "provisioning/tokens", $$"""{"name":"{{name}}"{{further}}}""");
        Assert.True(answer.Status == 201, answer.Text);
        return (answer.Json.GetProperty("token").GetString()!, answer.Json.GetProperty("details").Text("tokenId")!);
    }

    private async Task<System.Text.Json.JsonElement> ListedAsync(string tokenId) =>
        (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, "provisioning/tokens")).Json.GetProperty("tokens").EnumerateArray().Single(token => token.Text("tokenId") == tokenId);
}
