using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Budgets;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Scim;
using BlokSec.Functions.Tests.Users;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Policies;

/// <summary>Administrators who are limited to departments: what they may do there, and who is there.</summary>
public sealed class LimitedAdministratorTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private readonly string tenant = ScopeTest.NewTenant();

    [Fact]
    public async Task In_their_departments_they_do_what_their_roles_allow()
    {
        var limited = await cloud.LimitedAsync(tenant, "Support");
        var user = await cloud.UserOfAsync(tenant, "Support", phones: 2);
        var invited = await cloud.InviteAsync(NewEmail(), limited, further: ""","department":"support" """);
        Assert.True(invited.Status == 201, invited.Text);
        var userId = invited.Json.GetProperty("userId").GetString()!;

        Assert.Equal(202, (await cloud.RemoveAsync(limited, user)).Status);
        Assert.Equal(202, (await cloud.Api.SendAsync(
            limited, HttpMethod.Post, $"users/{user.UserId}/unregistration", """{"confirmation":"unregister all devices","reason":"Lost"}""")).Status);
        Assert.Equal(204, (await cloud.SuspendAsync(userId, limited)).Status);
        Assert.Equal("open", (await cloud.GetAsync(limited, $"users/{userId}/claim")).Json.GetProperty("state").GetString());
        Assert.Equal("support", (await cloud.GetAsync(limited, $"users/{userId}")).Json.GetProperty("department").GetString());
        Assert.Equal(200, (await cloud.GetAsync(limited, $"users/{user.UserId}/audit")).Status);
        Assert.Equal(200, (await cloud.GetAsync(limited, $"users/{user.UserId}/authentication-requests")).Status);
    }

    [Theory]
    [InlineData("Zürich Vertrieb", "ZU\u0308RICH vertrieb")]
    [InlineData("Sales", "ＳＡＬＥＳ")]
    [InlineData("Продажи", "ПРОДАЖИ")]
    [InlineData("営業部", "営業部")]
    public async Task A_department_is_the_same_in_every_spelling_of_case_and_Unicode(string chosen, string ofUser)
    {
        var limited = await cloud.LimitedAsync(tenant, chosen);
        var user = await cloud.UserOfAsync(tenant, ofUser);

        Assert.Equal(200, (await cloud.GetAsync(limited, $"users/{user.UserId}")).Status);
        Assert.Equal([user.UserId], await cloud.ListedAsync(limited));
        Assert.Equal([user.UserId], await cloud.ListedAsync(cloud.Founder(tenant), $"&department={Uri.EscapeDataString(chosen.ToUpperInvariant())}"));
    }

    [Theory]
    [InlineData("Sale")]
    [InlineData("Sales EMEA")]
    [InlineData("Sаles")]
    [InlineData("Salès")]
    [InlineData(null)]
    public async Task A_department_with_a_similar_name_and_none_at_all_are_not_theirs(string? department)
    {
        var limited = await cloud.LimitedAsync(tenant, "Sales");
        var user = await cloud.UserOfAsync(tenant, department);

        (await cloud.GetAsync(limited, $"users/{user.UserId}")).Problem(404, ProblemCodes.NotFound);
        Assert.Empty(await cloud.ListedAsync(limited));
    }

    [Fact]
    public async Task Lists_and_their_export_show_the_users_of_the_departments_page_by_page()
    {
        var limited = await cloud.LimitedAsync(tenant, "Support", "Field service");
        var (seen, unseen) = (new List<TestUser>(), new List<TestUser>());
        foreach (var department in (string?[])["Sales", "Support", null, "field service", "Support", "Sales"])
        {
            (department is "Sales" or null ? unseen : seen).Add(await cloud.UserOfAsync(tenant, department));
        }

        var expected = seen.Select(user => user.UserId).Order(StringComparer.Ordinal).ToArray();
        foreach (var query in (string[])["", "&sort=created&direction=desc", "&sort=lastActive", "&push=receiving", "&unusedDays=1", "&search=", "&state=active"])
        {
            var all = (await cloud.ListedAsync(cloud.Founder(tenant), query)).Order(StringComparer.Ordinal);
            Assert.Equal(all.Intersect(expected), (await cloud.ListedAsync(limited, query)).Order(StringComparer.Ordinal));
        }

        var file = await cloud.GetAsync(limited, "users.csv");
        Assert.Equal(200, file.Status);
        Assert.All(seen, user => Assert.Contains(user.UserId, file.Text, StringComparison.Ordinal));
        Assert.All(unseen, user => Assert.DoesNotContain(user.UserId, file.Text, StringComparison.Ordinal));
        Assert.Equal(expected.Length, (await cloud.GetAsync(limited, "users?pageSize=3")).Json.GetProperty("users").GetArrayLength());
        Assert.Empty(await cloud.ListedAsync(limited, "&department=Sales"));
    }

    [Fact]
    public async Task Where_the_next_page_begins_tells_no_user_of_another_department()
    {
        var limited = await cloud.LimitedAsync(tenant, "Support");
        var unseen = new List<TestUser>();
        foreach (var department in (string[])["Sales", "Support", "Sales", "Support", "Sales"])
        {
            var user = await cloud.UserOfAsync(tenant, department);
            if (department == "Sales")
            {
                unseen.Add(user);
            }
        }

        var (pages, continuation) = (0, "");
        while (continuation is not null)
        {
            var page = await cloud.GetAsync(limited, $"users?pageSize=1&push=receiving&continuation={continuation}");
            Assert.Single(page.Json.GetProperty("users").EnumerateArray());
            continuation = page.Json.TryGetProperty("continuation", out var more) ? more.GetString() : null;
            var told = continuation is null ? "" : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(continuation));
            Assert.All(unseen, user => Assert.DoesNotContain(user.UserId, told, StringComparison.Ordinal));
            pages++;
        }

        Assert.Equal(2, pages);
    }

    [Fact]
    public async Task A_page_and_a_user_cost_what_they_cost_an_administrator_who_is_not_limited()
    {
        var limited = await cloud.LimitedAsync(tenant, "Support");
        var user = await cloud.UserOfAsync(tenant, "Support", phones: 2);

        foreach (var path in (string[])["users?pageSize=1", "users.csv", $"users/{user.UserId}", $"users/{user.UserId}/unregistration/plan", $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal/plan"])
        {
            // The policies are remembered for a moment.
            Assert.Equal(200, (await cloud.GetAsync(limited, path)).Status);
            var free = await CostAsync(cloud.Founder(tenant), path);
            Assert.Equal(free, await CostAsync(limited, path));
        }
    }

    [Fact]
    public async Task Whoever_moves_to_another_department_is_gone_at_once_as_the_directory_says_it()
    {
        var limited = await cloud.LimitedAsync(tenant, "Marketing");
        var directory = cloud.DirectoryToken(tenant);
        var userId = (await cloud.ProvisionedAsync(token: directory)).Id();
        Assert.Equal(404, (await cloud.GetAsync(limited, $"users/{userId}")).Status);

        foreach (var (body, department) in ((string, string?)[])
        [
            (EntraRequests.ChangeMany, "Marketing"),
            (Okta("Sales"), "Sales"),
            (EntraRequests.ChangeManyByTheStandard, "Marketing"),
            ("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"}]}""", null),
            (Okta("MARKETING"), "MARKETING"),
        ])
        {
            (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{userId}", body, directory)).Scim(200);
            var isTheirs = department?.ToUpperInvariant() == "MARKETING";
            Assert.Equal(isTheirs ? 200 : 404, (await cloud.GetAsync(limited, $"users/{userId}")).Status);
            Assert.Equal(isTheirs ? [userId] : [], await cloud.ListedAsync(limited));
            Assert.Equal(department, (await cloud.GetAsync(cloud.Founder(tenant), $"users/{userId}")).Json.Text("department"));
        }

        (await cloud.ScimAsync(HttpMethod.Put, $"Users/{userId}", EntraRequests.Create(ScimTest.NewName(), "E-9"), directory)).Scim(200);
        Assert.Equal(404, (await cloud.GetAsync(limited, $"users/{userId}")).Status);
    }

    [Fact]
    public async Task The_directory_finds_by_department_and_sees_what_an_administrator_changed()
    {
        var directory = cloud.DirectoryToken(tenant);
        var userId = (await cloud.ProvisionedAsync(token: directory)).Id();
        const string Filter = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq";
        Assert.Equal([userId], await cloud.FoundAsync($"{Filter} \"sales\"", directory));
        Assert.Empty(await cloud.FoundAsync($"{Filter} \"Marketing\"", directory));

        Assert.Equal(204, (await cloud.ChangeAsync(userId, """{"department":"Legal"}""", token: cloud.Founder(tenant))).Status);
        Assert.Equal([userId], await cloud.FoundAsync($"{Filter} \"LEGAL\"", directory));
        Assert.Equal("Legal", Enterprise(await cloud.ScimAsync(HttpMethod.Get, $"Users/{userId}", token: directory)).Text("department"));

        Assert.Equal(204, (await cloud.ChangeAsync(userId, """{"department":""}""", token: cloud.Founder(tenant))).Status);
        Assert.Null(Enterprise(await cloud.ScimAsync(HttpMethod.Get, $"Users/{userId}", token: directory)).Text("department"));
        Assert.Empty(await cloud.FoundAsync($"{Filter} \"Legal\"", directory));
    }

    [Fact]
    public async Task Nobody_is_invited_into_or_moved_to_a_department_that_is_not_theirs()
    {
        var limited = await cloud.LimitedAsync(tenant, "Support", "Legal");
        var user = await cloud.UserOfAsync(tenant, "Support");
        foreach (var further in (string[])["", ""","department":"Sales" """, ""","department":"Supp" """])
        {
            (await cloud.InviteAsync(NewEmail(), limited, further: further)).Problem(403, ProblemCodes.OutOfScope);
        }

        var before = await cloud.Test.TextAsync(user);
        (await cloud.ChangeAsync(user.UserId, """{"department":"Sales"}""", token: limited)).Problem(403, ProblemCodes.OutOfScope);
        (await cloud.ChangeAsync(user.UserId, """{"department":"","givenName":"New"}""", token: limited)).Problem(403, ProblemCodes.OutOfScope);
        Assert.Equal(before, await cloud.Test.TextAsync(user));
        Assert.Equal(204, (await cloud.ChangeAsync(user.UserId, """{"department":"Legal"}""", token: limited)).Status);
        Assert.Equal(204, (await cloud.ChangeAsync(user.UserId, """{"givenName":"New"}""", token: limited)).Status);
        Assert.Empty(await cloud.Test.DocumentsAsync(tenant, "~users"));
    }

    [Fact]
    public async Task An_address_of_another_department_is_taken_for_them_too()
    {
        var limited = await cloud.LimitedAsync(tenant, "Support");
        var (theirs, ours) = (NewEmail(), await cloud.UserOfAsync(tenant, "Support"));
        Assert.Equal(201, (await cloud.InviteAsync(theirs, cloud.Founder(tenant), further: ""","department":"Sales" """)).Status);

        // Longer than a name is kept for a call that is under way.
        cloud.Test.Time.Advance(TimeSpan.FromMinutes(3));

        (await cloud.InviteAsync(theirs, limited, further: ""","department":"Support" """)).Problem(409, ProblemCodes.EmailInUse);
        (await cloud.ChangeAsync(ours.UserId, $$"""{"email":"{{theirs}}"}""", token: limited)).Problem(409, ProblemCodes.EmailInUse);
    }

    [Fact]
    public async Task An_import_ends_once_whoever_brought_the_file_is_limited()
    {
        var (bringing, founder, email) = (cloud.Person(tenant, "limited"), cloud.Founder(tenant), NewEmail());
        var check = await cloud.Api.SendAsync(
            HttpMethod.Post,
            "imports",
            Encoding.UTF8.GetBytes($"givenName,familyName,email\r\nAda,Byron,{email}\r\n"),
            "text/csv",
            [("Authorization", $"Bearer {bringing}")]);
        var import = $"imports/{check.Json.GetProperty("importId").GetString()}";
        using (cloud.Test.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Status = 503 }))
        {
            Assert.Equal(202, (await cloud.Api.SendAsync(bringing, HttpMethod.Post, $"{import}/start")).Status);
        }

        await cloud.LimitedAsync(tenant, "Support");
        Assert.Equal(202, (await cloud.Api.SendAsync(founder, HttpMethod.Post, $"{import}/start")).Status);
        var ended = await cloud.Test.UntilAsync(
            async () => await cloud.GetAsync(founder, import) is var answer && answer.Json.GetProperty("operation").GetProperty("status").GetString() == "failed" ? answer : null,
            "it has ended");

        Assert.Equal(0, ended.Json.GetProperty("created").GetInt32());
        Assert.Empty((await cloud.GetAsync(founder, $"users?search={Uri.EscapeDataString(email)}")).Json.GetProperty("users").EnumerateArray());
    }

    [Fact]
    public async Task The_same_person_in_another_tenant_is_another_administrator()
    {
        await cloud.LimitedAsync(tenant, "Support");
        var other = ScopeTest.NewTenant();
        var (user, stranger) = (await cloud.UserOfAsync(other, "Sales"), await cloud.UserOfAsync(tenant, "Support"));
        var there = cloud.Person(other, "limited");

        Assert.Equal(200, (await cloud.GetAsync(there, $"users/{user.UserId}")).Status);
        Assert.Equal(200, (await cloud.GetAsync(there, "overview")).Status);
        Assert.Equal(404, (await cloud.GetAsync(there, $"users/{stranger.UserId}")).Status);
        Assert.Equal(200, (await cloud.GetAsync(cloud.Person(tenant, "LIMITED"), "overview")).Status);
    }

    private async Task<string> CostAsync(string token, string path)
    {
        var cost = await Cost.OfAsync(cloud.Test, async () => Assert.Equal(200, (await cloud.GetAsync(token, path)).Status));
        return string.Join(", ", cost.Database.Where(operation => operation is not "plan").Order());
    }

    private static string NewEmail() => $"{Guid.NewGuid():N}@example.com";

    private static string Okta(string department) =>
        $$$$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"{{{{department}}}}"}}}]}""";

    private static JsonElement Enterprise(RawAnswer answer) => answer.Scim(200).GetProperty(Functions.Scim.ScimSchemas.EnterpriseUrn);
}
