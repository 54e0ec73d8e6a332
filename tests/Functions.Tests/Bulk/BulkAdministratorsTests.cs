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

    private async Task<JsonElement> PlannedAsync(string token, string kind, object selection)
    {
        var asked = await cloud.Api.SendAsync(token, HttpMethod.Post, "bulk-operations", JsonSerializer.Serialize(new { kind, selection }));
        Assert.True(asked.Status == 201, asked.Text);
        return await InStateAsync(token, asked.Json, "planned");
    }

    private async Task SucceededAsync(string token, JsonElement planned)
    {
        var plan = planned.GetProperty("plan");
        var started = await cloud.Api.SendAsync(
            token,
            HttpMethod.Post,
            $"bulk-operations/{BulkTest.IdOf(planned)}/start",
            JsonSerializer.Serialize(new
            {
                confirmation = plan.GetProperty("confirmation").GetString(),
                planHash = plan.GetProperty("planHash").GetString(),
                reason = "Stolen from the depot",
            }));
        Assert.True(started.Status == 202, started.Text);
        Assert.Equal((4, 0, 0), BulkTest.Numbers(await InStateAsync(token, planned, "succeeded")));
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
