using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;

namespace BlokSec.Functions.Tests.Applications;

/// <summary>The list of applications against a model of it.</summary>
public sealed class ListApplicationsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly Gen<(string Id, string Name)> Applications =
        Gen.Select(Any.Of("crm", "CRM", "payroll", "pay_roll", "z-9", "0"), Any.Of("Payroll", "payroll test", "Zoé's CRM", "100 %", "App"));

    [Fact]
    public Task Every_search_finds_page_by_page_what_the_model_finds() =>
        Gen.Select(Applications.Array[0, 6], Any.Of<string?>(null, "", "PAY", " crm ", "zoé", "%", "'s", "nothing").Array[4], Gen.Int[1, 3]).SampleAsync(
            async (applications, searches, pageSize) =>
            {
                var (tenant, neighbour) = (new StoredTenant(cloud), new StoredTenant(cloud));
                var all = applications.DistinctBy(application => application.Id).ToArray();
                await StoreAsync(tenant, all);
                await StoreAsync(neighbour, [("crm", "Payroll")]);
                foreach (var search in searches)
                {
                    Assert.Equal(
                        all.Where(application => application.Name.Contains(search?.Trim() ?? "", StringComparison.OrdinalIgnoreCase))
                            .OrderBy(application => application.Id, StringComparer.Ordinal),
                        (await ReadAsync(tenant, search, pageSize)).Select(application => (application.ApplicationId, application.Name)));
                }
            },
            iter: 8,
            threads: 1);

    private static Task<List<ApplicationDetails>> ReadAsync(StoredTenant tenant, string? search, int pageSize) =>
        tenant.ReadAsync<ApplicationList, ApplicationDetails>(
            $"applications?{(search is null ? "" : $"search={Uri.EscapeDataString(search)}")}", pageSize, page => (page.Applications, page.Continuation));

    private static Task StoreAsync(StoredTenant tenant, (string Id, string Name)[] applications) => tenant.StoreAsync(
        ApplicationDocument.KeyOf(tenant.Tenant).UserId,
        [
            new ApplicationRegisterDocument
            {
                Id = ApplicationRegisterDocument.DocumentId,
                TenantId = tenant.Tenant,
                UserId = ApplicationDocument.KeyOf(tenant.Tenant).UserId,
                Count = applications.Length,
            },
            .. applications.Select(application => new ApplicationDocument
            {
                Id = ApplicationDocument.IdOf(application.Id),
                TenantId = tenant.Tenant,
                UserId = ApplicationDocument.KeyOf(tenant.Tenant).UserId,
                ApplicationId = application.Id,
                Name = application.Name,
                ClientId = application.Id,
                State = ApplicationState.Enabled,
                CreatedAt = tenant.Now,
            }),
        ]);
}
