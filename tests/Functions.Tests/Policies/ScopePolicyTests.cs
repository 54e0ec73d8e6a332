using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Policies;

/// <summary>Who limits administrators, and what limited ones can do about it, with many users and as second persons.</summary>
public sealed class ScopePolicyTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private readonly string tenant = ScopeTest.NewTenant();

    [Fact]
    public async Task What_was_chosen_is_told_stays_when_nothing_is_said_of_it_and_stands_in_the_audit()
    {
        var chosen = await cloud.PutScopesAsync(tenant, """[{"subject":"limited","departments":["  Zu\u0308rich ","Sales"]},{"subject":"other","departments":["Legal"]}]""");
        Assert.True(chosen.Status == 200, chosen.Text);
        Assert.Equal("Zürich", Scopes(chosen)[0].GetProperty("departments")[0].GetString());
        Assert.Equal(2, Scopes(await cloud.PutScopesAsync(tenant, scopes: null, forAdministrators: true)).GetArrayLength());

        var entries = (await cloud.GetAsync(cloud.Founder(tenant), "audit?action=policies.changed")).Json.GetProperty("entries");
        Assert.Equal("""{"limited":["Zürich","Sales"],"other":["Legal"]}""", entries.EnumerateArray().Last().GetProperty("after").GetProperty("scopes").GetString());
    }

    [Fact]
    public async Task A_limited_administrator_is_told_the_own_limits_and_changes_none()
    {
        var body = """[{"subject":"limited","departments":["Support"]},{"subject":"other","departments":["Legal"]}]""";
        Assert.Equal(200, (await cloud.PutScopesAsync(tenant, body)).Status);
        var limited = cloud.Person(tenant, "limited");

        var told = await cloud.GetAsync(limited, "policies");
        Assert.Equal("Support", Assert.Single(told.Json.GetProperty("departments").EnumerateArray()).GetString());
        Assert.Equal("limited", Assert.Single(Scopes(told).EnumerateArray()).GetProperty("subject").GetString());
        Assert.False((await cloud.GetAsync(cloud.Founder(tenant), "policies")).Json.TryGetProperty("departments", out _));
        (await cloud.PutScopesAsync(tenant, "[]", limited)).Problem(403, ProblemCodes.OutOfScope);
        (await cloud.GetAsync(limited, "overview")).Problem(403, ProblemCodes.OutOfScope);

        Assert.Equal(200, (await cloud.PutScopesAsync(tenant, "[]")).Status);
        Assert.Equal(200, (await cloud.GetAsync(limited, "overview")).Status);
    }

    [Fact]
    public async Task Nobody_limits_themselves_so_that_somebody_sees_the_whole_tenant()
    {
        var answer = await cloud.PutScopesAsync(tenant, """[{"subject":"founder","departments":["Support"]}]""");

        answer.Problem(400, ProblemCodes.InvalidRequest);
        Assert.Equal(200, (await cloud.GetAsync(cloud.Founder(tenant), "overview")).Status);
    }

    [Theory]
    [InlineData("""{"subject":"a","departments":["b"]}""", null)]
    [InlineData("""[null]""", "scopes[0]")]
    [InlineData("""[{"subject":"a"}]""", null)]
    [InlineData("""[{"subject":"a","departments":[]}]""", "scopes[0].departments")]
    [InlineData("""[{"subject":"a","departments":null}]""", null)]
    [InlineData("""[{"subject":"a","departments":[null]}]""", null)]
    [InlineData("""[{"subject":"a","departments":[""]}]""", "scopes[0].departments")]
    [InlineData("""[{"subject":"a","departments":["x\u202ey"]}]""", "scopes[0].departments")]
    [InlineData("""[{"subject":"a","departments":["*"],"all":true}]""", null)]
    [InlineData("""[{"subject":"","departments":["b"]}]""", "scopes[0].subject")]
    [InlineData("""[{"subject":"a\u0000","departments":["b"]}]""", "scopes[0].subject")]
    [InlineData("""[{"subject":"a","departments":["b"]},{"subject":"a","departments":["c"]}]""", "scopes[1].subject")]
    public async Task Odd_limits_are_refused_with_their_place(string scopes, string? field)
    {
        var problem = (await cloud.PutScopesAsync(tenant, scopes)).Problem(400, ProblemCodes.InvalidRequest);

        if (field is not null)
        {
            Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        }
    }

    [Theory]
    [InlineData(100, 20, 100, 200)]
    [InlineData(101, 1, 1, 400)]
    [InlineData(1, 21, 1, 400)]
    [InlineData(1, 1, 101, 400)]
    public async Task Their_number_and_length_are_bounded(int administrators, int departments, int characters, int status)
    {
        // The body has a bound of its own, which the largest of all three would pass.
        var each = administrators == 100 ? 1 : departments;
        var scopes = Enumerable.Range(0, administrators).Select(index => new
        {
            subject = $"person-{index}",
            departments = Enumerable.Range(0, each).Select(number => $"{number}".PadLeft(characters, 'x')),
        });

        Assert.Equal(status, (await cloud.PutScopesAsync(tenant, JsonSerializer.Serialize(scopes))).Status);
    }

    [Fact]
    public async Task Many_at_once_are_those_of_the_departments_only_even_if_they_move_after_the_plan()
    {
        var limited = await cloud.LimitedAsync(tenant, "Support");
        var (own, leaving) = (await cloud.UserOfAsync(tenant, "Support"), await cloud.UserOfAsync(tenant, "Support"));
        var stranger = await cloud.UserOfAsync(tenant, "Sales");
        foreach (var selection in (string[])["""{"filter":{}}""", $$"""{"userIds":["{{stranger.UserId}}","{{own.UserId}}","{{leaving.UserId}}"]}"""])
        {
            Assert.Equal(2, (await PlannedAsync(limited, selection)).GetProperty("plan").GetProperty("users").GetInt32());
        }

        var planned = await PlannedAsync(limited, """{"filter":{}}""");
        await cloud.MoveAsync(leaving, "Sales");
        var plan = planned.GetProperty("plan");
        var started = await cloud.Api.SendAsync(
            limited,
            HttpMethod.Post,
            $"{Address(planned)}/start",
            $$"""{"confirmation":"{{plan.GetProperty("confirmation").GetString()}}","planHash":"{{plan.GetProperty("planHash").GetString()}}","reason":"Leak"}""");
        Assert.True(started.Status is 200 or 202, started.Text);
        await InStateAsync(limited, Address(planned), "succeeded");

        Assert.Equal(["suspended", "active", "active"], await Task.WhenAll(new[] { own, leaving, stranger }.Select(StateAsync)));
    }

    [Fact]
    public async Task What_others_planned_for_many_does_not_exist_for_them()
    {
        var limited = await cloud.LimitedAsync(tenant, "Support");
        var user = await cloud.UserOfAsync(tenant, "Support");
        var ofOthers = Address(await PlannedAsync(cloud.Founder(tenant), $$"""{"userIds":["{{user.UserId}}"]}"""));

        Assert.Empty((await cloud.GetAsync(limited, "bulk-operations")).Json.GetProperty("operations").EnumerateArray());
        foreach (var path in (string[])["", "/users", "/result.csv"])
        {
            (await cloud.GetAsync(limited, ofOthers + path)).Problem(404, ProblemCodes.NotFound);
        }

        (await cloud.Api.SendAsync(limited, HttpMethod.Post, $"{ofOthers}/stop")).Problem(404, ProblemCodes.NotFound);
        var own = Address(await PlannedAsync(limited, """{"filter":{}}"""));
        Assert.Equal(own, $"bulk-operations/{Assert.Single((await cloud.GetAsync(limited, "bulk-operations")).Json.GetProperty("operations").EnumerateArray()).GetProperty("bulkOperationId").GetString()}");
        Assert.Equal(200, (await cloud.GetAsync(cloud.Founder(tenant), own)).Status);
    }

    [Fact]
    public async Task As_second_persons_they_see_and_decide_what_is_about_their_users()
    {
        var limited = await cloud.LimitedAsync(tenant, "Support");
        var (own, stranger) = (await cloud.UserOfAsync(tenant, "Support"), await cloud.UserOfAsync(tenant, "Sales"));
        await AskedAsync(own.UserId, new string('1', 32));
        await AskedAsync(stranger.UserId, new string('2', 32));
        await AskedAsync("~policies", new string('3', 32));

        Assert.Equal(
            new string('1', 32), Assert.Single((await cloud.GetAsync(limited, "approvals")).Json.GetProperty("approvals").EnumerateArray()).GetProperty("approvalId").GetString());
        Assert.Equal(3, (await cloud.GetAsync(cloud.Founder(tenant), "approvals")).Json.GetProperty("approvals").GetArrayLength());
        (await DecideAsync(limited, '2')).Problem(404, ProblemCodes.NotFound);
        (await DecideAsync(limited, '3')).Problem(404, ProblemCodes.NotFound);
        Assert.Equal(200, (await DecideAsync(limited, '1')).Status);
    }

    private Task<RawAnswer> DecideAsync(string token, char approval) =>
        cloud.Api.SendAsync(token, HttpMethod.Post, $"approvals/{new string(approval, 32)}/decision", """{"approve":true}""");

    private Task AskedAsync(string userId, string approvalId)
    {
        var now = cloud.Test.Time.GetUtcNow();
        return cloud.Test.CreateAsync(
            new TestUser(tenant, userId, [], []),
            [
                new ApprovalDocument
                {
                    Id = ApprovalDocument.IdOf(approvalId),
                    TenantId = tenant,
                    UserId = userId,
                    ApprovalId = approvalId,
                    Action = "remove-device",
                    Role = AdminPolicies.DevicesManage,
                    Summary = "Remove a device",
                    RequestedBy = new("somebody", "Somebody", SignInName: null),
                    RequestedAt = now,
                    ExpiresAt = now.AddHours(1),
                },
            ]);
    }

    private async Task<JsonElement> PlannedAsync(string token, string selection)
    {
        var asked = await cloud.Api.SendAsync(token, HttpMethod.Post, "bulk-operations", $$"""{"kind":"suspend","selection":{{selection}}}""");
        Assert.True(asked.Status == 201, asked.Text);
        return await InStateAsync(token, Address(asked.Json), "planned");
    }

    private async Task<JsonElement> InStateAsync(string token, string address, string state) => (await cloud.Test.UntilAsync(
        async () =>
        {
            cloud.Test.Cloud.ServiceBus.ReleaseScheduled();
            return await cloud.GetAsync(token, address) is { Status: 200 } answer && answer.Json.GetProperty("state").GetString() == state ? answer : null;
        },
        $"{address} is {state}")).Json;

    private async Task<string?> StateAsync(TestUser user) => (await cloud.GetAsync(cloud.Founder(tenant), $"users/{user.UserId}")).Json.GetProperty("state").GetString();

    private static string Address(JsonElement operation) => $"bulk-operations/{operation.GetProperty("bulkOperationId").GetString()}";

    private static JsonElement Scopes(RawAnswer answer) => answer.Json.GetProperty("policies").GetProperty("scopes");
}
