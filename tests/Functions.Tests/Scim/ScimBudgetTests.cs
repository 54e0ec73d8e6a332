using BlokSec.Functions.Tests.Budgets;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Scim;

/// <summary>What a directory's calls may cost in requests to the database, counted where they arrive.</summary>
public sealed class ScimBudgetTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task A_user_is_made_by_two_requests_found_by_one_and_changed_by_two()
    {
        await cloud.FoundAsync($"userName eq \"{(await cloud.ProvisionedAsync()).Text("userName")}\"");
        var (name, externalId) = (ScimTest.NewName(), Guid.NewGuid().ToString());
        var id = "";

        await CostsAsync(["batch", "batch"], async () => id = (await cloud.ProvisionedAsync(name, externalId)).Id());
        await CostsAsync(["query"], () => cloud.FoundAsync($"userName eq \"{name}\""));
        await CostsAsync(["query"], () => cloud.FoundAsync($"userName eq \"{Guid.NewGuid()}\""));
        await CostsAsync(["query"], () => cloud.FoundAsync($"externalId eq \"{externalId}\""));
        await CostsAsync(["query"], () => cloud.FoundAsync($"emails[type eq \"work\"].value eq \"{name}\""));
        await CostsAsync(["read"], () => cloud.FoundAsync($"id eq \"{id}\""));
        await CostsAsync(["read"], () => cloud.ScimAsync(HttpMethod.Get, $"Users/{id}"));
        await CostsAsync(["query", "batch"], () => PatchAsync(ScimPatchTests.Operation("replace", "title", "\"Clerk\"")));
        await CostsAsync(["query"], () => PatchAsync(ScimPatchTests.Operation("replace", "title", "\"Clerk\"")));
        await CostsAsync(["query", "batch", "batch"], () => PatchAsync(EntraRequests.Rename(ScimTest.NewName())));
        await CostsAsync(["query", "batch"], () => PatchAsync(EntraRequests.Disable));

        async Task PatchAsync(string request) => (await cloud.ScimAsync(HttpMethod.Patch, $"Users/{id}", request)).Scim(200);
    }

    [Fact]
    public async Task A_provisioning_token_costs_a_read_in_half_a_minute_and_a_patch_in_five()
    {
        var created = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, "provisioning/tokens", """{"name":"Budget"}""");
        var token = created.Json.GetProperty("token").GetString();

        await CostsAsync(["read", "patch", "query"], () => cloud.FoundAsync("userName eq \"nobody\"", token));
        await CostsAsync(["query"], () => cloud.FoundAsync("userName eq \"nobody\"", token));
        cloud.Test.Time.Advance(TimeSpan.FromSeconds(31));
        await CostsAsync(["read", "query"], () => cloud.FoundAsync("userName eq \"nobody\"", token));
        cloud.Test.Time.Advance(TimeSpan.FromMinutes(5));
        await CostsAsync(["read", "patch", "query"], () => cloud.FoundAsync("userName eq \"nobody\"", token));
    }

    private async Task CostsAsync(IReadOnlyList<string> database, Func<Task> act) =>
        Assert.Equal(database.Order(), (await Cost.OfAsync(cloud.Test, act)).Database.Order());
}
