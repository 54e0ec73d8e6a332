using System.Text.Json;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Overviews;
using BlokSec.Functions.SignIns;
using BlokSec.Functions.Users;
using BlokSec.Local;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Benchmarks.Lists;

/// <summary>The queries of the lists with the SDK alone; the names of users, which some lists read too, are not among them.</summary>
internal sealed class BareLists(LocalCloud cloud)
{
    private const string OfTenant = "SELECT * FROM c WHERE c.tenantId = @tenantId AND";

    private readonly Container container = BareDatabase.Open(cloud.Cosmos.Address.AbsoluteUri);

    public Task UsersAsync(string? search = null, string? state = null, string? sort = null)
    {
        var filter = UserFilter.Read(new UserQuery(search, state, null, null, null, null, null, null, sort, null), TimeProvider.System.GetUtcNow(), out _)!;
        return PageAsync($"{filter.Condition} ORDER BY {filter.Order} {filter.Direction}", filter.Parameters);
    }

    public Task DevicesAsync(int? unusedDays = null)
    {
        var filter = DeviceFilter.Of(new DeviceQuery(null, null, null, null, null, unusedDays, null, null), TimeProvider.System.GetUtcNow());
        return PageAsync($"{filter.Condition} ORDER BY {filter.Order}", filter.Parameters);
    }

    public Task OperationsAsync()
    {
        var filter = OperationFilter.Read(new OperationQuery(null, null, null, null, null, null), new ResumeOptions(), TimeProvider.System.GetUtcNow(), out _)!;
        return PageAsync($"{filter.Condition} ORDER BY c.requestedAt DESC, c.id DESC", filter.Parameters);
    }

    public Task SignInsAsync()
    {
        var filter = SignInFilter.Read(new SignInQuery(null, null, null, null, null, null, null), TimeProvider.System.GetUtcNow(), out _)!;
        return PageAsync($"{filter.Condition} ORDER BY c.issuedAt DESC, c.id DESC", filter.Parameters);
    }

    public Task AuditAsync(string? actor = null, string? text = null)
    {
        var filter = AuditFilter.Read(new AuditQuery(null, null, actor, null, null, null, null, null, text), out _)!;
        return PageAsync($"{filter.Condition} ORDER BY c.id DESC", filter.Parameters);
    }

    /// <summary>The five parts at once.</summary>
    public Task OverviewAsync() => Task.WhenAll(
        PageAsync($"c.type = 'operation' AND {OperationFilter.UnderWay} ORDER BY c.updatedAt", []),
        PageAsync("((c.type = 'operation' AND c.status = 'failed') OR (c.type = 'claim' AND c.state = 'locked') OR c.type IN ('event', 'approval'))", []),
        PageAsync($"c.type = 'revocation' AND {ListRevocations.Unconfirmed} ORDER BY c.blockedAt", []),
        PageAsync("c.type = 'claim' AND c.state = 'open' ORDER BY c.expiresAt", []),
        PageAsync(
            "c.type = 'audit' AND (c.alert = true OR c.action = 'mail.failed') AND c.id >= @since ORDER BY c.id DESC",
            [("@since", $"audit:{TimeProvider.System.GetUtcNow().AddDays(-30).ToUnixTimeMilliseconds():x12}")]));

    private async Task PageAsync(string condition, IEnumerable<(string Name, object Value)> parameters)
    {
        var query = parameters.Aggregate(
            new QueryDefinition($"{OfTenant} {condition}").WithParameter("@tenantId", DemoPeople.Contoso),
            (definition, parameter) => definition.WithParameter(parameter.Name, parameter.Value));
        using var pages = container.GetItemQueryIterator<JsonElement>(
            query, requestOptions: new QueryRequestOptions { PartitionKey = new PartitionKeyBuilder().Add(DemoPeople.Contoso).Build(), MaxItemCount = ListsBenchmark.PageSize });
        await pages.ReadNextAsync();
    }
}
