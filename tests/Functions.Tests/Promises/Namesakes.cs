using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Seed;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Users of the same id in two tenants.</summary>
internal static class Namesakes
{
    private const string OtherTenant = DemoPeople.Fabrikam;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Two users of the same id, one in each tenant.</summary>
    public static async Task<(TestUser Ours, TestUser Theirs)> NamesakesAsync(this TestCloud test, int accounts = 1)
    {
        var id = $"namesake-{Guid.NewGuid():N}"[..20];
        return (await WriteAsync(TestCloud.Tenant), await WriteAsync(OtherTenant));

        async Task<TestUser> WriteAsync(string tenantId)
        {
            var enrolled = await new DemoData(test.Cloud.Container, test.Cloud.Owners, test.Cloud.Phones, test.Time)
                .WriteAsync(new DemoPerson(tenantId, id, "Test", "Person", Phones: 2, accounts), Stop);
            return new TestUser(tenantId, id, [.. enrolled.Select(phone => phone.Phone)], [.. enrolled.Select(phone => phone.DeviceId)]);
        }
    }
}
