using System.Net;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Operations;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Operations;

public sealed class OperationsPageTests : ConsoleTest
{
    private const string List = "GET /api/operations?";

    private static readonly OperationDetails Failed = Samples.Operation("op-1", "device-1") with
    {
        Status = OperationStatus.Failed,
        Steps = [new OperationStepDetails(OperationStepName.DeleteDevices, OperationStatus.Failed, 0, 1, Samples.Now, "A document cannot be read.")],
    };

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void The_address_holds_the_filter_and_what_it_has_wrong_is_left_out()
    {
        Stub.Answer($"{List}status=failed&from=2026-11-23T23%3A00%3A00Z&to=2026-11-25T23%3A00%3A00Z", new TenantOperationList([], null), PortalJson.Default.TenantOperationList)
            .Answer($"{List}status=failed&kind=enrollment&from=2026-11-23T23%3A00%3A00Z&to=2026-11-25T23%3A00%3A00Z", new TenantOperationList([], null), PortalJson.Default.TenantOperationList);
        var page = Show(Samples.Manager, "operations?status=failed&kind=nonsense&from=2026-11-24&to=2026-11-25");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=no-operations]")));

        page.Find("#operation-kind").Change("enrollment");

        page.WaitForAssertion(() => Assert.EndsWith("/operations?status=failed&kind=enrollment&from=2026-11-24&to=2026-11-25", Navigation.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_status_can_be_chosen()
    {
        Assert.Equal(
            Enum.GetNames<OperationStatus>().Select(JsonNamingPolicy.CamelCase.ConvertName).Append("underWay").Order(StringComparer.Ordinal),
            OperationFilter.Statuses.Select(status => status.Value).Order(StringComparer.Ordinal));
        Assert.Equal("Taken back", OperationFilter.Statuses.Single(status => status.Value == "withdrawn").Text);
    }

    [Fact]
    public void A_failed_operation_says_why_and_is_started_again_with_what_was_asked_for()
    {
        Stub.Answer(List, new TenantOperationList([new(new("maria-lopez", "Maria Lopez"), Failed, IsStalled: false)], null), PortalJson.Default.TenantOperationList)
            .Answer("POST /api/users/maria-lopez/devices/device-1/removal", Failed with { Status = OperationStatus.Running }, PortalJson.Default.OperationDetails, HttpStatusCode.Accepted);
        var page = Show(Samples.Manager);
        page.WaitForAssertion(() => Assert.Contains("Stopped at: deleting the devices. A document cannot be read.", Text(page), StringComparison.Ordinal));

        page.Find("[data-testid=restart]").Click();

        page.WaitForAssertion(() => Assert.Equal(
            """{"confirmation":"remove device","reason":"stolen","immediately":false}""", Stub.Requests.Single(request => request.Request.StartsWith("POST", StringComparison.Ordinal)).Body));
        page.WaitForAssertion(() => Assert.Equal(2, Stub.Requests.Count(request => request.Request == List)));
    }

    [Fact]
    public void Nobody_starts_again_what_they_may_not_and_an_import_leads_to_the_imports()
    {
        var import = Failed with { OperationId = "op-2", Kind = OperationKind.ImportUsers, UserId = "~imports" };
        Stub.Answer(
            List,
            new TenantOperationList([new(new("maria-lopez", null), Failed, IsStalled: false), new(null, import, IsStalled: true)], null),
            PortalJson.Default.TenantOperationList);

        var reader = Show(Samples.Reader);
        reader.WaitForAssertion(() => Assert.Equal(["users/maria-lopez#progress", "imports"], reader.FindAll("tbody a").Select(link => link.GetAttribute("href"))));
        Assert.Empty(reader.FindAll("[data-testid=restart]"));
        var manager = Show(Samples.Everything);
        manager.WaitForAssertion(() => Assert.Single(manager.FindAll("[data-testid=restart]")));
        Assert.Contains("No progress", Text(manager), StringComparison.Ordinal);
    }

    private IRenderedComponent<OperationsPage> Show(Administrator administrator, string address = "operations")
    {
        Navigation.NavigateTo(address);
        return Render<OperationsPage>(parameters => parameters.AddCascadingValue(administrator));
    }
}
