using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Budgets;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;

namespace BlokSec.Functions.Tests.Bulk;

/// <summary>The list of bulk operations, page by page.</summary>
public sealed class ListBulkOperationsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public Task Every_page_size_finds_all_of_the_tenant_once_the_newest_first() =>
        Gen.Select(Gen.Int[1, 1_000].ArrayUnique[0, 9], Gen.Int[1, 4]).SampleAsync(
            async (minutes, pageSize) =>
            {
                var (tenant, neighbour) = (new StoredTenant(cloud), new StoredTenant(cloud));
                await tenant.StoreBulkAsync(
                    [.. minutes.Select(ago => tenant.Operation(Id(ago), ago)), .. minutes.SelectMany(ago => tenant.Portions(Id(ago), [[BulkResult.Done]]))]);
                await neighbour.StoreBulkAsync(neighbour.Operation(Id(0)));

                Assert.Equal(minutes.Order().Select(Id), (await ReadAsync(tenant, pageSize)).Select(operation => operation.BulkOperationId));
            },
            iter: 6,
            threads: 1);

    [Fact]
    public async Task A_page_costs_one_query_and_has_20_unless_asked_otherwise()
    {
        var tenant = new StoredTenant(cloud);
        await tenant.StoreBulkAsync(Enumerable.Range(1, 25).Select(ago => tenant.Operation(Id(ago), ago)));
        await tenant.AskAsync("bulk-operations");

        var cost = await Cost.OfAsync(cloud.Test, async () => Assert.Equal(20, (await tenant.AskAsync<BulkOperationList>("bulk-operations")).Operations.Count));

        Cost.AssertIs(["query"], 0, cost);
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_told_and_hides_no_other()
    {
        var tenant = new StoredTenant(cloud);
        await tenant.StoreBulkAsync(tenant.Operation(Id(1), 1), tenant.Operation(Id(2), 2));
        await cloud.Test.PatchAsync(
            new TestUser(tenant.Tenant, tenant.Operation(Id(1)).UserId, [], []),
            tenant.Operation(Id(1)).Id,
            Microsoft.Azure.Cosmos.PatchOperation.Set("/plan", "a plan"));

        var list = await tenant.AskAsync<BulkOperationList>("bulk-operations");

        Assert.Equal((Id(2), 1), (Assert.Single(list.Operations).BulkOperationId, list.Unreadable));
    }

    [Theory]
    [InlineData("pageSize=0")]
    [InlineData("pageSize=101")]
    [InlineData("continuation=%2A")]
    [InlineData("continuation=YnVsa09wZXJhdGlvbjox")]
    [InlineData("continuation=W3sibm8iOiJ0b2tlbiJ9XQ")]
    public async Task What_this_list_gave_nobody_is_the_callers_fault(string query) =>
        (await new StoredTenant(cloud).AskAsync($"bulk-operations?{query}")).Problem(400, ProblemCodes.InvalidRequest);

    private static string Id(int minutesAgo) => minutesAgo.ToString("x32", CultureInfo.InvariantCulture);

    private static Task<List<BulkOperationDetails>> ReadAsync(StoredTenant tenant, int pageSize) =>
        tenant.ReadAsync<BulkOperationList, BulkOperationDetails>("bulk-operations?", pageSize, page => (page.Operations, page.Continuation));
}
