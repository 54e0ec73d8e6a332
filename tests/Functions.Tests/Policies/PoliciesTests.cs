using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Policies;

/// <summary>What tenants demand of their administrators: who may choose it, and that nothing is lost or half done.</summary>
public sealed class PoliciesTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task A_tenant_that_chose_nothing_has_no_policy_but_claims_of_ten_minutes_and_a_day()
    {
        var answer = await cloud.Api.SendAsync(Manager(NewTenant()), HttpMethod.Get, "policies");

        Assert.Equal(200, answer.Status);
        Assert.Equal("\"none\"", answer.Json.GetProperty("eTag").GetString());
        Assert.Equal("\"none\"", answer.Headers.ETag!.Tag);
        var policies = answer.Json.GetProperty("policies");
        Assert.False(policies.GetProperty("identityCheck").GetProperty("required").GetBoolean());
        Assert.Equal((10, 24), (Number(policies, "claims", "screenMinutes"), Number(policies, "claims", "sentHours")));
        Assert.Equal(0, policies.GetProperty("holdMinutes").GetInt32());
        Assert.False(policies.GetProperty("secondPerson").GetProperty("forMany").GetBoolean());
    }

    [Fact]
    public async Task What_was_chosen_holds_for_the_tenant_and_stands_in_the_audit_with_what_it_was()
    {
        var tenant = NewTenant();
        var chosen = await PutAsync(tenant, "\"none\"", Body(ways: ["ID card, in person", "Zoë’s video call"], hold: 30));

        Assert.Equal(200, chosen.Status);
        var again = await cloud.Api.SendAsync(Manager(tenant), HttpMethod.Get, "policies");
        Assert.Equal(chosen.Text, again.Text);
        Assert.Equal(30, again.Json.GetProperty("policies").GetProperty("holdMinutes").GetInt32());
        Assert.Equal(0, (await cloud.Api.SendAsync(Manager(NewTenant()), HttpMethod.Get, "policies")).Json.GetProperty("policies").GetProperty("holdMinutes").GetInt32());
        var entry = (await cloud.Api.SendAsync(Manager(tenant), HttpMethod.Get, "audit?action=policies.changed")).Json.GetProperty("entries")[0];
        Assert.Equal("0", entry.GetProperty("before").GetProperty("holdMinutes").GetString());
        Assert.Equal("30", entry.GetProperty("after").GetProperty("holdMinutes").GetString());
        Assert.Equal("""["ID card, in person","Zoë’s video call"]""", entry.GetProperty("after").GetProperty("identityCheckWays").GetString());
        Assert.False(entry.GetProperty("after").TryGetProperty("claimSentHours", out _));
    }

    [Fact]
    public async Task Only_the_version_that_was_seen_is_changed_and_a_retry_of_the_same_is_the_same()
    {
        var tenant = NewTenant();
        Assert.Equal(428, (await PutAsync(tenant, etag: null, Body(hold: 5))).Status);
        var first = await PutAsync(tenant, "\"none\"", Body(hold: 5));
        Assert.Equal(412, (await PutAsync(tenant, "\"none\"", Body(hold: 6))).Status);
        var retried = await PutAsync(tenant, "\"none\"", Body(hold: 5));

        Assert.Equal((200, first.Text), (retried.Status, retried.Text));
        Assert.Equal(200, (await PutAsync(tenant, first.Headers.ETag!.Tag, Body(hold: 6))).Status);
        Assert.Equal(2, (await cloud.Api.SendAsync(Manager(tenant), HttpMethod.Get, "audit?action=policies.changed")).Json.GetProperty("entries").GetArrayLength());
    }

    [Theory]
    [InlineData("holdMinutes", "-1", "holdMinutes")]
    [InlineData("holdMinutes", "1441", "holdMinutes")]
    [InlineData("holdMinutes", "\"5\"", null)]
    [InlineData("claims", """{"screenMinutes":4,"sentHours":24}""", "claims.screenMinutes")]
    [InlineData("claims", """{"screenMinutes":10,"sentHours":169}""", "claims.sentHours")]
    [InlineData("claims", "null", null)]
    [InlineData("secondPerson", """{"forMany":true,"forAdministrators":true,"withinMinutes":1}""", "secondPerson.withinMinutes")]
    [InlineData("secondPerson", """{"forMany":true}""", null)]
    [InlineData("identityCheck", """{"required":true,"ways":[]}""", "identityCheck.ways")]
    [InlineData("identityCheck", """{"required":true,"ways":["a\u202eb"]}""", "identityCheck.ways")]
    [InlineData("identityCheck", """{"required":true,"ways":["One","one"]}""", "identityCheck.ways")]
    [InlineData("identityCheck", """{"required":true,"ways":[null]}""", "identityCheck.ways[0]")]
    [InlineData("identityCheck", """{"required":true,"ways":["1","2","3","4","5","6","7","8","9","10","11","12","13"]}""", "identityCheck.ways")]
    public async Task Bad_input_is_refused_with_its_place_and_nothing_is_changed(string member, string value, string? field)
    {
        var tenant = NewTenant();
        var body = JsonNode.Parse(Body())!;
        body[member] = JsonNode.Parse(value);

        var answer = await PutAsync(tenant, "\"none\"", body.ToJsonString());

        Assert.Equal(400, answer.Status);
        if (field is not null)
        {
            Assert.True(answer.Json.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
        }

        Assert.Equal("\"none\"", (await cloud.Api.SendAsync(Manager(tenant), HttpMethod.Get, "policies")).Headers.ETag!.Tag);
    }

    [Theory]
    [InlineData("Users.Read", 200, 403)]
    [InlineData("Devices.Manage", 403, 403)]
    [InlineData("Policies.Manage", 403, 200)]
    public async Task Looking_and_choosing_are_roles_of_their_own(string role, int reads, int chooses)
    {
        var token = cloud.Issuer.Token(new TokenClaims { Subject = "one", Tenant = NewTenant(), Roles = [role] });

        Assert.Equal(reads, (await cloud.Api.SendAsync(token, HttpMethod.Get, "policies")).Status);
        Assert.Equal(chooses, (await PutWithAsync(token, "\"none\"", Body(hold: 1))).Status);
    }

    [Fact]
    public async Task Choosing_needs_a_sign_in_of_the_last_minutes()
    {
        var token = cloud.Issuer.Token(new TokenClaims { Tenant = NewTenant(), SignedInAgo = TimeSpan.FromHours(1) });

        var answer = await PutWithAsync(token, "\"none\"", Body(hold: 1));

        Assert.Equal((401, "insufficient-user-authentication"), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    private static string NewTenant() => $"tenant-{Guid.NewGuid():N}"[..20];

    private static int Number(JsonElement policies, string part, string member) => policies.GetProperty(part).GetProperty(member).GetInt32();

    private static string Body(IReadOnlyList<string>? ways = null, int hold = 0) => JsonSerializer.Serialize(new
    {
        identityCheck = new { required = ways is not null, ways = ways ?? [] },
        claims = new { screenMinutes = 10, sentHours = 24 },
        holdMinutes = hold,
        secondPerson = new { forMany = false, forAdministrators = false, withinMinutes = 60 },
    });

    private string Manager(string tenant) => cloud.Issuer.Token(new TokenClaims { Tenant = tenant });

    private Task<RawAnswer> PutAsync(string tenant, string? etag, string body) => PutWithAsync(Manager(tenant), etag, body);

    private Task<RawAnswer> PutWithAsync(string token, string? etag, string body)
    {
        IReadOnlyList<(string, string)> headers = etag is null ? [] : [("If-Match", etag)];
        return cloud.Api.SendAsync(token, HttpMethod.Put, "policies", body, headers);
    }
}
