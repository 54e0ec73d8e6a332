using System.Reflection;
using System.Text;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Users;
using BlokSec.Local.Faults;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Azure.Functions.Worker;

namespace BlokSec.Functions.Tests.Scim;

/// <summary>What a directory, or whoever says to be one, must not get.</summary>
public sealed class ScimAttackTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public void Every_SCIM_call_is_for_directories_only()
    {
        var calls = FunctionMethods.All()
            .Where(method => FunctionMethods.TriggerOf<HttpTriggerAttribute>(method)?.Route?.StartsWith("scim/", StringComparison.Ordinal) == true)
            .ToList();

        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.Equal(ApplicationPolicies.DirectoryProvision, call.GetCustomAttribute<AuthorizeAttribute>()!.Policy));
        Assert.DoesNotContain(calls, call => call.IsDefined(typeof(AllowAnonymousAttribute)));
    }

    [Fact]
    public async Task I9_a_directory_sees_and_changes_users_of_its_tenant_only()
    {
        var name = ScimTest.NewName();
        var user = await cloud.ProvisionedAsync(name, "tenant-secret");
        var neighbour = cloud.DirectoryToken("fabrikam");

        foreach (var filter in (string[])[
            $"id eq \"{user.Id()}\"", $"userName eq \"{name}\"", "externalId eq \"tenant-secret\"", $"emails.value eq \"{name}\"",
            $"userName eq \"{name}\" or userName pr and id eq \"{user.Id()}\"", $"not (userName ne \"{name}\") and userName eq \"{name}\""])
        {
            Assert.Empty(await cloud.FoundAsync(filter, neighbour));
        }

        (await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}", token: neighbour)).ScimError(404);
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", EntraRequests.Disable, neighbour)).ScimError(404);
        (await cloud.ScimAsync(HttpMethod.Put, $"Users/{user.Id()}", OktaRequests.Put(user.Id(), name, "1", active: false), neighbour)).ScimError(404);
        (await cloud.ScimAsync(HttpMethod.Delete, $"Users/{user.Id()}", token: neighbour)).ScimError(404);
        var all = (await cloud.ScimAsync(HttpMethod.Get, "Users", token: neighbour)).Text;
        Assert.DoesNotContain(user.Id(), all, StringComparison.Ordinal);

        // The same name in another tenant is another user.
        await cloud.ProvisionedAsync(name, "tenant-secret", neighbour);
        Assert.Equal([user.Id()], await cloud.FoundAsync($"userName eq \"{name}\""));
    }

    [Theory]
    [InlineData("Users.Read", "Users.Manage", "Devices.Manage")]
    [InlineData("Authentication.Request")]
    public async Task An_application_without_the_role_is_refused(params string[] roles)
    {
        var token = cloud.DirectoryToken(TestCloud.Tenant, roles);
        (await cloud.ScimAsync(HttpMethod.Get, "Users", token: token)).ScimError(403);
        (await cloud.ScimAsync(HttpMethod.Get, "nowhere", token: token)).ScimError(403);
    }

    [Fact]
    public async Task People_are_no_directories_and_directories_no_people()
    {
        (await cloud.ScimAsync(HttpMethod.Get, "Users", token: cloud.Issuer.Token(new TokenClaims { Roles = ["Directory.Provision"] }))).ScimError(403);
        (await cloud.ScimAsync(HttpMethod.Get, "Users", token: cloud.Admin)).ScimError(403);
        (await cloud.ScimAsync(HttpMethod.Get, "Users", token: cloud.Issuer.Token(new TokenClaims { Roles = ["Directory.Provision"], Scope = null }))).ScimError(403);
        Assert.Equal(403, (await cloud.Api.SendAsync(cloud.DirectoryToken(), HttpMethod.Get, "users")).Status);
        Assert.Equal(403, (await cloud.Api.SendAsync(cloud.DirectoryToken(), HttpMethod.Get, "provisioning/tokens")).Status);
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_401_and_says_how()
    {
        var answer = await cloud.Api.SendAsync(HttpMethod.Get, "scim/v2/Users");
        answer.ScimError(401);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        (await cloud.ScimAsync(HttpMethod.Get, "Users", token: "nonsense")).ScimError(401);
        (await cloud.Api.SendAsync(HttpMethod.Get, "scim/v2/nowhere")).ScimError(401);
    }

    [Fact]
    public async Task What_only_the_service_decides_is_stored_from_nobody()
    {
        var request = """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"chosen","userName":"NAME","password":"secret-1","roles":[{"value":"Users.Manage"}],
            "groups":[{"value":"admins"}],"entitlements":[{"value":"all"}],"x509Certificates":[{"value":"MII"}],"meta":{"created":"2000-01-01T00:00:00Z","location":"https://evil.example"},
            "epoch":99,"did":"did:key:z","tenantId":"fabrikam","userId":"x","suspension":null,"leftAt":null,"activeDeviceId":"d","type":"device","_etag":"1","ttl":1}
            """.Replace("NAME", ScimTest.NewName(), StringComparison.Ordinal);
        var user = (await cloud.ScimAsync(HttpMethod.Post, "Users", request)).Scim(201);

        Assert.NotEqual("chosen", user.Id());
        Assert.Equal(["schemas", "id", "userName", "active", "meta"], user.EnumerateObject().Select(member => member.Name));
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", OktaRequests.Password)).Scim(200);
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", ScimPatchTests.Operation("add", null, """{"epoch":99,"did":"did:key:z","leftAt":"2020-01-01T00:00:00Z","id":"other"}"""))).Scim(200);
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", ScimPatchTests.Operation("replace", "id", "\"other\""))).ScimError(400, "mutability");
        var stored = await cloud.Test.TextAsync(TestCloud.Tenant, user.Id(), "c.type = 'user'");
        foreach (var never in (string[])["secret", "evil", "admins", "entitlements", "MII", "did:key:z", "\"epoch\":99", "Users.Manage", "chosen"])
        {
            Assert.DoesNotContain(never, stored, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("userName eq \"x' OR 1=1 --\"")]
    [InlineData("userName eq \"@tenantId\"")]
    [InlineData("externalId eq \"') OR (true\"")]
    [InlineData("id eq \"../users/x\"")]
    [InlineData("emails.value eq \"x\\\" or true\"")]
    public async Task A_value_is_never_a_condition(string filter) => Assert.Empty(await cloud.FoundAsync(filter));

    [Theory]
    [InlineData("displayName eq \"Bo\"")]
    [InlineData("userName co \"a\"")]
    [InlineData("not (userName eq \"a\") or title pr")]
    [InlineData("userName eq \"a\" or displayName eq \"b\"")]
    [InlineData("active eq true and title pr")]
    [InlineData("userName eq \"a\") or (c.type = 'device'")]
    [InlineData("userName")]
    [InlineData("password pr")]
    public async Task A_filter_that_no_index_answers_or_nobody_can_read_is_refused(string filter) =>
        (await cloud.FindAsync(filter)).ScimError(400, "invalidFilter");

    [Fact]
    public async Task I14_what_is_too_large_or_too_deep_is_refused()
    {
        var user = await cloud.ProvisionedAsync();
        (await cloud.FindAsync($"userName eq \"{new string('x', 3000)}\"")).ScimError(400, "invalidFilter");
        (await cloud.FindAsync($"{new string('(', 20)}userName eq \"x\"{new string(')', 20)}")).ScimError(400, "invalidFilter");
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", ScimPatchTests.Request(Enumerable.Repeat("""{"op":"add","path":"title","value":"x"}""", 101)))).ScimError(400, "invalidValue");
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", ScimPatchTests.Operation("add", "title", $"\"{new string('x', 40_000)}\""))).ScimError(400, "invalidValue");
        (await cloud.ScimAsync(HttpMethod.Post, "Users", $"{{\"userName\":\"{new string('x', 70_000)}\"}}")).ScimError(413);
        (await cloud.ScimAsync(HttpMethod.Post, "Users", $"{new string('[', 60)}{new string(']', 60)}")).ScimError(400, "invalidSyntax");
        (await cloud.ScimAsync(HttpMethod.Post, "Users", "{\"userName\":\"\\ud800\"}")).ScimError(400, "invalidSyntax");
        (await cloud.ScimAsync(HttpMethod.Get, "Users?count=many")).ScimError(400, "invalidValue");
        Assert.Equal(user.GetRawText(), (await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}")).Text);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("query")]
    [InlineData("batch")]
    public async Task An_outage_of_the_database_is_no_refusal(string operation)
    {
        var user = await cloud.ProvisionedAsync();
        using (cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = operation, Status = 503, Caller = "BlokSec.Functions" }))
        {
            var answer = operation == "read"
                ? await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}")
                : await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", EntraRequests.Disable);

            answer.ScimError(503);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        Assert.True((await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}")).Scim(200).GetProperty("active").GetBoolean());
    }

    [Theory]
    [InlineData("application/json", 201)]
    [InlineData("application/scim+json", 201)]
    [InlineData("application/json; charset=UTF-8", 201)]
    [InlineData(null, 201)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    public async Task A_body_is_SCIM_or_JSON_in_UTF8(string? contentType, int status)
    {
        var body = Encoding.UTF8.GetBytes(OktaRequests.Create(ScimTest.NewName(), "1"));
        (await cloud.Api.SendAsync(HttpMethod.Post, "scim/v2/Users", body, contentType, ("Authorization", $"Bearer {cloud.DirectoryToken()}"))).Scim(status);
    }

    [Fact]
    public async Task A_name_that_looks_like_another_is_refused()
    {
        foreach (var name in (string[])["bo\\u202e@contoso.example", "bo\\u0000", "\\u200b", "bo\\n"])
        {
            (await cloud.ScimAsync(HttpMethod.Post, "Users", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{name}}"}""")).ScimError(400, "invalidValue");
        }

        var user = (await cloud.ScimAsync(HttpMethod.Post, "Users", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{ScimTest.NewName()}}","name":{"givenName":"B\u202eo"} }""")).Scim(201);
        Assert.Equal("B\u202eo", user.GetProperty("name").Text("givenName"));
        Assert.Equal("Bo", (await cloud.UserAsync(user.Id())).Text("givenName"));
    }

    [Fact]
    public async Task Of_twenty_who_make_the_same_user_at_once_one_does()
    {
        var name = ScimTest.NewName();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => cloud.ScimAsync(HttpMethod.Post, "Users", EntraRequests.Create(name, $"{number}"))));

        Assert.Equal(1, answers.Count(answer => answer.Status == 201));
        Assert.All(answers.Where(answer => answer.Status != 201), answer => answer.ScimError(409, "uniqueness"));
        Assert.Single(await cloud.FoundAsync($"userName eq \"{name}\""));
    }
}
