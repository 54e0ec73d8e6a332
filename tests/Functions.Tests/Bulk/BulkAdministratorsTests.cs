using System.Text.Json;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Policies;

namespace BlokSec.Functions.Tests.Bulk;

/// <summary>Users who are administrators, among many.</summary>
public sealed class BulkAdministratorsTests(SecondPersonCloud cloud) : IClassFixture<SecondPersonCloud>
{
    /// <summary>Enough for every kind of bulk operation.</summary>
    private static readonly string[] Roles = ["Users.Read", "Devices.Manage", "Users.Manage"];

    [Theory]
    [InlineData("unregister", true)]
    [InlineData("unregister", false)]
    [InlineData("removeDevices", true)]
    [InlineData("removeDevices", false)]
    [InlineData("suspend", true)]
    [InlineData("suspend", false)]
    public async Task An_administrator_with_a_role_that_the_caller_lacks_is_left_out_of_the_plan(string kind, bool byFilter)
    {
        var tenant = await cloud.TenantAsync(forAdministrators: false);
        var higher = await cloud.AdministratorAsync(tenant, "higher", [.. Roles, "Policies.Manage"]);
        var other = await cloud.AdministratorAsync(tenant, "other", ["Audit.Read", "Users.Read"]);
        var equal = await cloud.AdministratorAsync(tenant, "equal", Roles);
        var lower = await cloud.AdministratorAsync(tenant, "lower", ["Users.Read"]);
        var caller = await cloud.AdministratorAsync(tenant, "caller", Roles);
        var plain = await cloud.Test.NewUserAsync(tenantId: tenant);
        TestUser[] all = [higher, other, equal, lower, caller, plain];
        var before = (await cloud.Test.TextAsync(higher), await cloud.Test.TextAsync(other));

        var token = cloud.Person(tenant, "caller", roles: Roles);
        var planned = await PlannedAsync(token, kind, byFilter ? new { filter = new { } } : new { userIds = all.Select(user => user.UserId) });
        var plan = planned.GetProperty("plan");

        Assert.Equal((4, 2, 3), (plan.GetProperty("users").GetInt32(), plan.GetProperty("skipped").GetInt32(), plan.GetProperty("administratorCount").GetInt32()));
        Assert.True(plan.GetProperty("includesYou").GetBoolean());
        Assert.Equal(new[] { equal, lower, caller, plain }.Select(user => user.UserId).Order(StringComparer.Ordinal), await UsersAsync(token, planned));

        await SucceededAsync(token, planned);
        Assert.Equal(before, (await cloud.Test.TextAsync(higher), await cloud.Test.TextAsync(other)));
        Assert.Equal(kind == "unregister" ? 2 : 1, (await cloud.Test.UserDocumentAsync(plain)).Epoch);
    }

    [Fact]
    public async Task Who_has_every_role_leaves_nobody_out()
    {
        var tenant = await cloud.TenantAsync(forAdministrators: false);
        var higher = await cloud.AdministratorAsync(tenant, "higher", [.. Roles, "Policies.Manage"]);
        await cloud.AdministratorAsync(tenant, "founder");

        var planned = await PlannedAsync(cloud.Person(tenant, "founder"), "unregister", new { userIds = new[] { higher.UserId } });

        Assert.Equal([higher.UserId], await UsersAsync(cloud.Person(tenant, "founder"), planned));
        Assert.Equal(0, planned.GetProperty("plan").GetProperty("skipped").GetInt32());
    }

    [Theory]
    [InlineData("unregister", true)]
    [InlineData("unregister", false)]
    [InlineData("removeDevices", true)]
    [InlineData("suspend", true)]
    [InlineData("suspend", false)]
    public async Task Who_became_an_administrator_after_the_plan_is_left_out_at_their_turn_with_the_reason(string kind, bool forAdministrators)
    {
        var tenant = await cloud.TenantAsync(forAdministrators: forAdministrators);
        await cloud.AdministratorAsync(tenant, "caller", Roles);
        var (higher, equal, plain) = (await NewUserAsync(tenant), await NewUserAsync(tenant), await NewUserAsync(tenant));
        var token = cloud.Person(tenant, "caller", roles: Roles);
        var planned = await PlannedAsync(token, kind, new { userIds = new[] { higher.UserId, equal.UserId, plain.UserId } });
        Assert.Equal(0, planned.GetProperty("plan").GetProperty("administratorCount").GetInt32());

        await cloud.BecomesAsync(tenant, higher, "higher", [.. Roles, "Policies.Manage"]);
        await cloud.BecomesAsync(tenant, equal, "equal", Roles);
        var before = (await cloud.Test.TextAsync(higher), await cloud.Test.TextAsync(equal));
        var ended = await RunAsync(token, planned);

        Assert.Equal(forAdministrators ? (1, 2, 0) : (2, 1, 0), BulkTest.Numbers(ended));
        Assert.Equal(before.Item1, await cloud.Test.TextAsync(higher));
        Assert.Equal(forAdministrators, before.Item2 == await cloud.Test.TextAsync(equal));
        Assert.Equal(
            ("skipped", "forbidden", "The user is an administrator with a role that whoever started this lacks. Nothing was changed."),
            await ResultAsync(token, planned, higher));
        Assert.Equal("done", (await ResultAsync(token, planned, plain)).Result);
        Assert.Equal(
            forAdministrators ? ("skipped", "second-person-required") : ("done", null),
            await ResultAsync(token, planned, equal) is var (result, code, _) ? (result, code) : default);
        var csv = (await cloud.Api.SendAsync(token, HttpMethod.Get, $"bulk-operations/{BulkTest.IdOf(planned)}/result.csv")).Text;
        Assert.Contains(",skipped,forbidden,The user is an administrator with a role that whoever started this lacks.", csv, StringComparison.Ordinal);
        Assert.Equal(forAdministrators, csv.Contains(",skipped,second-person-required,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_administrator_of_the_plan_to_which_a_second_person_agreed_has_a_turn()
    {
        var tenant = await cloud.TenantAsync(forAdministrators: true);
        var equal = await cloud.AdministratorAsync(tenant, "equal", Roles);
        await cloud.AdministratorAsync(tenant, "caller", Roles);
        var token = cloud.Person(tenant, "caller", roles: Roles);
        var planned = await PlannedAsync(token, "suspend", new { userIds = new[] { equal.UserId } });
        var asked = await StartAsync(token, planned);
        asked.Problem(403, "second-person-required");
        var decided = await cloud.DecideAsync(cloud.Person(tenant, "founder"), asked.Json.GetProperty("approvalId").GetString()!);
        Assert.True(decided.Status == 200, decided.Text);

        Assert.Equal((1, 0, 0), BulkTest.Numbers(await RunAsync(token, planned)));
    }

    private Task<TestUser> NewUserAsync(string tenant) => cloud.Test.NewUserAsync(phones: 2, tenantId: tenant);

    private async Task<(string? Result, string? Code, string? Detail)> ResultAsync(string token, JsonElement planned, TestUser user)
    {
        var page = await cloud.Api.SendAsync(token, HttpMethod.Get, $"bulk-operations/{BulkTest.IdOf(planned)}/users");
        var found = page.Json.GetProperty("users").EnumerateArray().Single(one => one.GetProperty("userId").GetString() == user.UserId);
        return (Text("result"), Text("code"), Text("detail"));

        string? Text(string member) => found.TryGetProperty(member, out var value) ? value.GetString() : null;
    }

    private async Task<JsonElement> PlannedAsync(string token, string kind, object selection)
    {
        var asked = await cloud.Api.SendAsync(token, HttpMethod.Post, "bulk-operations", JsonSerializer.Serialize(new { kind, selection }));
        Assert.True(asked.Status == 201, asked.Text);
        return await InStateAsync(token, asked.Json, "planned");
    }

    private async Task SucceededAsync(string token, JsonElement planned) =>
        Assert.Equal((4, 0, 0), BulkTest.Numbers(await RunAsync(token, planned)));

    private async Task<JsonElement> RunAsync(string token, JsonElement planned)
    {
        var started = await StartAsync(token, planned);
        Assert.True(started.Status == 202, started.Text);
        return await InStateAsync(token, planned, "succeeded");
    }

    private Task<RawAnswer> StartAsync(string token, JsonElement planned)
    {
        var plan = planned.GetProperty("plan");
        return cloud.Api.SendAsync(
            token,
            HttpMethod.Post,
            $"bulk-operations/{BulkTest.IdOf(planned)}/start",
            JsonSerializer.Serialize(new
            {
                confirmation = plan.GetProperty("confirmation").GetString(),
                planHash = plan.GetProperty("planHash").GetString(),
                reason = "Stolen from the depot",
            }));
    }

    private async Task<JsonElement> InStateAsync(string token, JsonElement operation, string state)
    {
        var found = await cloud.Test.UntilAsync(
            async () => await cloud.Api.SendAsync(token, HttpMethod.Get, $"bulk-operations/{BulkTest.IdOf(operation)}") is { Status: 200 } answer
                && answer.Json.GetProperty("state").GetString() == state ? answer : null,
            $"it is {state}");
        return found.Json;
    }

    private async Task<IEnumerable<string>> UsersAsync(string token, JsonElement planned)
    {
        var page = await cloud.Api.SendAsync(token, HttpMethod.Get, $"bulk-operations/{BulkTest.IdOf(planned)}/users");
        Assert.True(page.Status == 200, page.Text);
        return page.Json.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("userId").GetString()!).Order(StringComparer.Ordinal);
    }
}
