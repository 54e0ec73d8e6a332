using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Users;

namespace BlokSec.Functions.Tests.Scim;

/// <summary>People come, change and go as Microsoft Entra ID and Okta say it.</summary>
public sealed class ScimUsersTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task Entra_asks_for_a_user_who_is_not_there_makes_and_finds_the_user()
    {
        var (name, externalId) = (ScimTest.NewName(), Guid.NewGuid().ToString());
        var nobody = (await cloud.FindAsync($"userName eq \"{Guid.NewGuid()}\"")).Scim(200);
        Assert.Equal(
            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}""", nobody.GetRawText());

        var answer = await cloud.ScimAsync(HttpMethod.Post, "Users", EntraRequests.Create(name, externalId));
        var user = answer.Scim(201);

        Assert.Equal(user.GetProperty("meta").Text("location"), answer.Headers.Location!.OriginalString);
        Assert.Equal(user.GetProperty("meta").Text("version"), answer.Headers.ETag!.ToString());
        Assert.EndsWith($"/api/scim/v2/Users/{user.Id()}", answer.Headers.Location.OriginalString, StringComparison.Ordinal);
        Assert.Equal((name, externalId, true), (user.Text("userName"), user.Text("externalId"), user.GetProperty("active").GetBoolean()));
        Assert.Equal("00701", user.GetProperty(Functions.Scim.ScimSchemas.EnterpriseUrn).Text("employeeNumber"));
        Assert.Equal([Functions.Scim.ScimSchemas.UserUrn, Functions.Scim.ScimSchemas.EnterpriseUrn], user.GetProperty("schemas").EnumerateArray().Select(schema => schema.GetString()));
        foreach (var filter in (string[])[
            $"userName eq \"{name.ToUpperInvariant()}\"", $"userName eq {name}", $"externalId eq \"{externalId}\"", $"id eq \"{user.Id()}\"",
            $"emails[type eq \"work\"].value eq \"{name}\"", $"emails.value eq \"{name}\"", $"userName eq \"{name}\" and active eq true",
            $"id eq {user.Id()} and manager eq 5d48a0a8e9f04aa38008", $"externalId eq \"nobody\" or userName eq \"{name}\""])
        {
            Assert.Equal([user.Id()], await cloud.FoundAsync(filter));
        }

        Assert.Empty(await cloud.FoundAsync($"externalId eq \"{externalId.ToUpperInvariant()}\""));
        Assert.Empty(await cloud.FoundAsync($"id eq {user.Id()} and manager eq another"));
        Assert.Empty(await cloud.FoundAsync($"emails[type eq \"home\"].value eq \"{name}\""));
        Assert.Equal(user.GetRawText(), (await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}")).Scim(200).GetRawText());
    }

    [Fact]
    public async Task A_user_of_a_directory_is_seen_by_administrators_and_has_a_claim_to_enroll_with()
    {
        var name = ScimTest.NewName();
        var user = await cloud.ProvisionedAsync(name, "E-1");

        var seen = await cloud.UserAsync(user.Id());

        Assert.Equal(
            ("Bo", "Jensen", name, "+4791812345", name, "E-1", "invited"),
            (seen.Text("givenName"), seen.Text("familyName"), seen.Text("email"), seen.Text("mobile"), seen.Text("userName"), seen.Text("externalId"), seen.Text("state")));
        Assert.Equal("open", seen.GetProperty("claim").Text("state"));
        Assert.Equal(AuditActions.UserProvisioned, Assert.Single(await cloud.ActionsAsync(user.Id())));
    }

    [Theory]
    [InlineData(EntraRequests.Disable, EntraRequests.Enable)]
    [InlineData(EntraRequests.DisableByTheStandard, EntraRequests.Enable)]
    [InlineData(OktaRequests.Deactivate, OktaRequests.Activate)]
    public async Task Who_is_deactivated_is_suspended_and_still_found_and_comes_back(string off, string on)
    {
        var user = await cloud.ProvisionedAsync();

        Assert.False((await PatchedAsync(user.Id(), off)).GetProperty("active").GetBoolean());

        var seen = await cloud.UserAsync(user.Id());
        Assert.Equal(("suspended", "Deactivated by the directory"), (seen.Text("state"), seen.GetProperty("suspension").Text("reason")));
        Assert.True(seen.GetProperty("suspension").GetProperty("isByDirectory").GetBoolean());
        Assert.Equal([user.Id()], await cloud.FoundAsync($"userName eq \"{user.Text("userName")}\" and active eq false"));
        Assert.Empty(await cloud.FoundAsync($"userName eq \"{user.Text("userName")}\" and active eq true"));

        Assert.True((await PatchedAsync(user.Id(), on)).GetProperty("active").GetBoolean());
        Assert.Equal("invited", (await cloud.UserAsync(user.Id())).Text("state"));
        Assert.Equal([AuditActions.UserReactivated, AuditActions.UserSuspended, AuditActions.UserProvisioned], await cloud.ActionsAsync(user.Id()));
    }

    [Fact]
    public async Task What_an_administrator_suspended_the_directory_does_not_lift()
    {
        var user = await cloud.ProvisionedAsync();
        Assert.Equal(204, (await cloud.SuspendAsync(user.Id())).Status);

        Assert.False((await PatchedAsync(user.Id(), EntraRequests.Enable)).GetProperty("active").GetBoolean());
        Assert.Equal("On leave.", (await cloud.UserAsync(user.Id())).GetProperty("suspension").Text("reason"));
    }

    [Fact]
    public async Task A_user_may_arrive_inactive()
    {
        var user = (await cloud.ScimAsync(
            HttpMethod.Post, "Users", OktaRequests.Create(ScimTest.NewName(), "1").Replace("\"active\": true", "\"active\": false", StringComparison.Ordinal))).Scim(201);

        Assert.False(user.GetProperty("active").GetBoolean());
        Assert.Equal("suspended", (await cloud.UserAsync(user.Id())).Text("state"));
    }

    [Theory]
    [InlineData(EntraRequests.ChangeMany)]
    [InlineData(EntraRequests.ChangeManyByTheStandard)]
    public async Task What_Entra_changes_administrators_see(string request)
    {
        var user = await cloud.ProvisionedAsync();
        request = request.Replace("bo.lund", $"bo.lund.{user.Id()}", StringComparison.Ordinal);

        var changed = await PatchedAsync(user.Id(), request);

        var seen = await cloud.UserAsync(user.Id());
        Assert.Equal(("Bo", "Jensen-Lund", $"bo.lund.{user.Id()}@contoso.example"), (seen.Text("givenName"), seen.Text("familyName"), seen.Text("email")));
        Assert.Equal("00702", changed.GetProperty(Functions.Scim.ScimSchemas.EnterpriseUrn).Text("employeeNumber"));
        Assert.NotEqual(user.GetProperty("meta").Text("version"), changed.GetProperty("meta").Text("version"));
        Assert.Equal(changed.GetRawText(), (await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}")).Scim(200).GetRawText());
        Assert.Equal(changed.GetRawText(), (await PatchedAsync(user.Id(), request)).GetRawText());
    }

    [Fact]
    public async Task A_user_name_is_unique_whatever_its_case_and_is_free_after_a_change_or_a_departure()
    {
        var name = ScimTest.NewName();
        var user = await cloud.ProvisionedAsync(name);
        (await cloud.ScimAsync(HttpMethod.Post, "Users", EntraRequests.Create(name.ToUpperInvariant(), "2"))).ScimError(409, "uniqueness");

        var renamed = ScimTest.NewName();
        Assert.Equal(renamed, (await PatchedAsync(user.Id(), EntraRequests.Rename(renamed))).Text("userName"));
        var other = await cloud.ProvisionedAsync(name);
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{other.Id()}", EntraRequests.Rename(renamed.ToUpperInvariant()))).ScimError(409, "uniqueness");

        Assert.Equal(204, (await cloud.ScimAsync(HttpMethod.Delete, $"Users/{user.Id()}")).Status);
        Assert.Equal(renamed, (await PatchedAsync(other.Id(), EntraRequests.Rename(renamed))).Text("userName"));
    }

    [Fact]
    public async Task Two_users_may_have_one_address()
    {
        var shared = ScimTest.NewName();
        var first = await cloud.ProvisionedAsync(shared);
        var second = (await cloud.ScimAsync(
            HttpMethod.Post, "Users", OktaRequests.Create(ScimTest.NewName(), "2").Replace("\"emails\": [{ \"primary\": true, \"value\": \"", $"\"emails\": [{{ \"primary\": true, \"value\": \"{shared}\", \"display\": \"", StringComparison.Ordinal))).Scim(201);

        Assert.Equal(shared, (await cloud.UserAsync(second.Id())).Text("email"));
        Assert.Equal(new[] { first.Id(), second.Id() }.Order(StringComparer.Ordinal), await cloud.FoundAsync($"emails.value eq \"{shared}\""));
        Assert.Equal(shared, (await PatchedAsync(second.Id(), ScimPatchTests.Operation("replace", "title", "\"Clerk\""))).GetProperty("emails")[0].Text("value"));
    }

    [Fact]
    public async Task Who_is_deleted_left_and_is_not_there_any_more()
    {
        var user = await cloud.ProvisionedAsync();
        Assert.Equal(204, (await cloud.ScimAsync(HttpMethod.Delete, $"Users/{user.Id()}")).Status);

        (await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}")).ScimError(404);
        (await cloud.ScimAsync(HttpMethod.Delete, $"Users/{user.Id()}")).ScimError(404);
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", EntraRequests.Enable)).ScimError(404);
        (await cloud.ScimAsync(HttpMethod.Put, $"Users/{user.Id()}", OktaRequests.Put(user.Id(), "x", "y", active: true))).ScimError(404);
        Assert.Empty(await cloud.FoundAsync($"userName eq \"{user.Text("userName")}\""));
        Assert.Empty(await cloud.FoundAsync($"id eq \"{user.Id()}\""));
        Assert.Equal("left", (await cloud.UserAsync(user.Id())).Text("state"));
        Assert.Contains(AuditActions.UserLeft, await cloud.ActionsAsync(user.Id()));
    }

    [Fact]
    public async Task Who_is_deleted_has_no_accounts_any_more()
    {
        var user = await cloud.Test.NewUserAsync(phones: 1, accounts: 3);
        Assert.Equal([user.UserId], await cloud.FoundAsync($"id eq \"{user.UserId}\""));

        var answer = await cloud.ScimAsync(HttpMethod.Delete, $"Users/{user.UserId}");

        Assert.Equal(204, answer.Status);
        Assert.False(answer.Headers.Contains("Operation-Location"));
        await cloud.Test.UntilAsync(
            async () => (await cloud.Test.DocumentsAsync(user, "c.type = 'account'")).Count == 0 ? cloud : null, "the accounts are gone");
        Assert.Equal("left", (await cloud.UserAsync(user.UserId)).Text("state"));
        (await cloud.ScimAsync(HttpMethod.Delete, $"Users/{user.UserId}")).ScimError(404);
    }

    [Fact]
    public async Task Okta_replaces_a_user_with_what_it_read()
    {
        var (name, externalId) = (ScimTest.NewName(), Guid.NewGuid().ToString());
        var user = (await cloud.ScimAsync(HttpMethod.Post, "Users", OktaRequests.Create(name, externalId))).Scim(201);

        var replaced = (await cloud.ScimAsync(HttpMethod.Put, $"Users/{user.Id()}", OktaRequests.Put(user.Id(), name, externalId, active: false))).Scim(200);

        Assert.Equal((user.Id(), false, "Maria"), (replaced.Id(), replaced.GetProperty("active").GetBoolean(), replaced.GetProperty("name").Text("middleName")));
        Assert.False(replaced.TryGetProperty("locale", out _));
        Assert.False(replaced.TryGetProperty("groups", out _));
        Assert.NotEqual("W/\"1\"", replaced.GetProperty("meta").Text("version"));
    }

    [Fact]
    public async Task An_invited_user_is_found_and_taken_over_by_the_directory()
    {
        var email = ScimTest.NewName();
        var userId = await cloud.InvitedAsync(email);

        Assert.Equal([userId], await cloud.FoundAsync($"userName eq \"{email.ToUpperInvariant()}\""));
        Assert.Equal([userId], await cloud.FoundAsync($"emails[type eq \"work\"].value eq \"{email}\""));
        var user = await PatchedAsync(userId, ScimPatchTests.Operation("Add", "externalId", "\"E-9\""));
        Assert.Equal(("E-9", "Ada", "Byron", email), (user.Text("externalId"), user.GetProperty("name").Text("givenName"), user.GetProperty("name").Text("familyName"), user.GetProperty("emails")[0].Text("value")));
    }

    [Fact]
    public async Task What_an_administrator_changes_the_directory_sees()
    {
        var user = await cloud.ProvisionedAsync();
        var email = ScimTest.NewName();
        Assert.Equal(204, (await cloud.ChangeAsync(user.Id(), $$"""{"familyName":"Lund","email":"{{email}}","mobile":""}""")).Status);

        var seen = (await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}")).Scim(200);

        Assert.Equal(("Lund", "Bo", email), (seen.GetProperty("name").Text("familyName"), seen.GetProperty("name").Text("givenName"), seen.GetProperty("emails")[0].Text("value")));
        Assert.False(seen.TryGetProperty("phoneNumbers", out _));
        Assert.NotEqual(user.GetProperty("meta").Text("version"), seen.GetProperty("meta").Text("version"));
    }

    [Fact]
    public async Task A_name_alone_is_enough_to_be_a_user()
    {
        var name = $"name-{Guid.NewGuid():N}";
        var user = (await cloud.ScimAsync(HttpMethod.Post, "Users", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{name}}"}""")).Scim(201);

        Assert.Equal(["schemas", "id", "userName", "active", "meta"], user.EnumerateObject().Select(member => member.Name));
        var changed = await PatchedAsync(user.Id(), EntraRequests.FirstEmail.Replace("first@", $"{name}@", StringComparison.Ordinal));
        Assert.Equal($"{name}@contoso.example", changed.GetProperty("emails")[0].Text("value"));
        Assert.Equal($"{name}@contoso.example", (await cloud.UserAsync(user.Id())).Text("email"));
    }

    [Fact]
    public async Task Versions_guard_a_change_for_those_who_ask()
    {
        var user = await cloud.ProvisionedAsync();
        var version = user.GetProperty("meta").Text("version")!;

        Assert.Equal(304, (await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}", headers: ("If-None-Match", version))).Status);
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", EntraRequests.Disable, headers: ("If-Match", "W/\"another\""))).ScimError(412);
        (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", EntraRequests.Disable, headers: ("If-Match", version))).Scim(200);
        (await cloud.ScimAsync(HttpMethod.Delete, $"Users/{user.Id()}", headers: ("If-Match", version))).ScimError(412);
        (await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}", headers: ("If-None-Match", version))).Scim(200);
        Assert.Equal(204, (await cloud.ScimAsync(HttpMethod.Delete, $"Users/{user.Id()}", headers: ("If-Match", "*"))).Status);
    }

    [Theory]
    [InlineData("?attributes=userName", "schemas id userName")]
    [InlineData("?attributes=USERNAME,name.givenName,unknown", "schemas id userName name")]
    [InlineData("?attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "schemas id urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    [InlineData("?excludedAttributes=id,emails,phoneNumbers,addresses,meta,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "schemas id externalId userName active displayName name")]
    public async Task An_answer_has_the_attributes_that_were_asked_for(string query, string members)
    {
        var user = await cloud.ProvisionedAsync();

        var seen = (await cloud.ScimAsync(HttpMethod.Get, $"Users/{user.Id()}{query}")).Scim(200);
        var found = (await cloud.FindAsync($"id eq \"{user.Id()}\"", further: query.Replace('?', '&'))).Scim(200).GetProperty("Resources")[0];

        Assert.Equal(members.Split(' '), seen.EnumerateObject().Select(member => member.Name));
        Assert.Equal(seen.GetRawText(), found.GetRawText());
    }

    [Fact]
    public async Task Pages_have_all_users_once_in_one_order()
    {
        var tenant = $"pages{Guid.NewGuid():N}";
        var token = cloud.DirectoryToken(tenant);
        var ids = new List<string>();
        for (var number = 0; number < 7; number++)
        {
            ids.Add((await cloud.ProvisionedAsync(token: token)).Id());
        }

        await cloud.ScimAsync(HttpMethod.Patch, $"Users/{ids[3]}", EntraRequests.Disable, token);
        var pages = new List<string>();
        for (var start = 1; start <= 7; start += 3)
        {
            var page = (await cloud.ScimAsync(HttpMethod.Get, $"Users?startIndex={start}&count=3", token: token)).Scim(200);
            Assert.Equal((7, start), (page.GetProperty("totalResults").GetInt32(), page.GetProperty("startIndex").GetInt32()));
            Assert.Equal(page.GetProperty("Resources").GetArrayLength(), page.GetProperty("itemsPerPage").GetInt32());
            pages.AddRange(page.GetProperty("Resources").EnumerateArray().Select(ScimTest.Id));
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), pages);
        await CountsAsync("Users?count=0", 7, 0);
        await CountsAsync("Users?count=-1&startIndex=-5", 7, 0);
        await CountsAsync("Users?startIndex=8", 7, 0);
        await CountsAsync("Users?count=100000", 7, 7);
        await CountsAsync("Users?filter=active eq true&count=2", 6, 2);
        await CountsAsync("Users?filter=active eq false", 1, 1);
        await CountsAsync("Users?filter=not (active eq false)", 6, 6);
        await CountsAsync("Users?filter=userName pr", 7, 7);

        async Task CountsAsync(string path, int total, int shown)
        {
            var page = (await cloud.ScimAsync(HttpMethod.Get, path, token: token)).Scim(200);
            Assert.Equal((total, shown, shown), (page.GetProperty("totalResults").GetInt32(), page.GetProperty("itemsPerPage").GetInt32(), page.GetProperty("Resources").GetArrayLength()));
        }
    }

    [Fact]
    public async Task Users_are_found_by_what_stands_in_a_body()
    {
        var user = await cloud.ProvisionedAsync();
        var request = $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"{{user.Text("userName")}}\"","attributes":["userName"],"count":5}""";

        foreach (var path in (string[])["Users/.search", ".search"])
        {
            var found = (await cloud.ScimAsync(HttpMethod.Post, path, request)).Scim(200);
            Assert.Equal(user.Id(), Assert.Single(found.GetProperty("Resources").EnumerateArray()).Id());
        }
    }

    [Fact]
    public async Task What_is_removed_is_not_shown_and_brings_nobody_back()
    {
        var user = await cloud.ProvisionedAsync();
        await PatchedAsync(user.Id(), EntraRequests.Disable);

        foreach (var path in (string[])["active", "name", "displayName", "emails", "phoneNumbers", "addresses", "externalId", Functions.Scim.ScimSchemas.EnterpriseUrn])
        {
            var removed = await PatchedAsync(user.Id(), ScimPatchTests.Operation("remove", path, null));
            Assert.False(removed.TryGetProperty(path, out _), path);
        }

        Assert.Equal("suspended", (await cloud.UserAsync(user.Id())).Text("state"));
        Assert.True((await PatchedAsync(user.Id(), EntraRequests.Enable)).GetProperty("active").GetBoolean());
        Assert.Equal("invited", (await cloud.UserAsync(user.Id())).Text("state"));
    }

    [Fact]
    public async Task The_service_tells_what_it_can_do()
    {
        var config = (await cloud.ScimAsync(HttpMethod.Get, "ServiceProviderConfig")).Scim(200);
        Assert.Equal(
            (true, false, true, true),
            (config.GetProperty("patch").GetProperty("supported").GetBoolean(), config.GetProperty("bulk").GetProperty("supported").GetBoolean(),
                config.GetProperty("filter").GetProperty("supported").GetBoolean(), config.GetProperty("etag").GetProperty("supported").GetBoolean()));
        Assert.Equal("User", (await cloud.ScimAsync(HttpMethod.Get, "ResourceTypes")).Scim(200).GetProperty("Resources")[0].Id());
        Assert.Equal("/Users", (await cloud.ScimAsync(HttpMethod.Get, "ResourceTypes/User")).Scim(200).Text("endpoint"));
        var schemas = (await cloud.ScimAsync(HttpMethod.Get, "Schemas")).Scim(200).GetProperty("Resources").EnumerateArray().ToList();
        Assert.Equal(["User", "EnterpriseUser", "ServiceProviderConfig", "ResourceType", "Schema"], schemas.Select(schema => schema.Text("name")));
        foreach (var schema in schemas)
        {
            Assert.Equal(schema.GetRawText(), (await cloud.ScimAsync(HttpMethod.Get, $"Schemas/{schema.Id()}")).Scim(200).GetRawText());
        }

        (await cloud.ScimAsync(HttpMethod.Get, "Schemas?filter=id pr")).ScimError(403);
        (await cloud.ScimAsync(HttpMethod.Get, "Schemas/urn:none")).ScimError(404);
        (await cloud.ScimAsync(HttpMethod.Get, "Groups")).ScimError(404);
        (await cloud.ScimAsync(HttpMethod.Get, "Me")).ScimError(501);
        (await cloud.ScimAsync(HttpMethod.Post, "Bulk", "{}")).ScimError(501);
        (await cloud.ScimAsync(HttpMethod.Delete, "Users")).ScimError(405);
        (await cloud.ScimAsync(HttpMethod.Post, "Users/x", "{}")).ScimError(405);
    }

    private async Task<JsonElement> PatchedAsync(string id, string request) => (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{id}", request)).Scim(200);
}
