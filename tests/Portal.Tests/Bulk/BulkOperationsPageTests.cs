using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Bulk;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Bulk;

public sealed class BulkOperationsPageTests : ConsoleTest
{
    [Fact]
    public void Earlier_bulk_operations_are_shown_below_on_request()
    {
        Stub.Answer("GET /api/bulk-operations?", new BulkOperationList([Operation("first")], "next") { Unreadable = 1 }, PortalJson.Default.BulkOperationList);
        Stub.Answer("GET /api/bulk-operations?continuation=next", new BulkOperationList([Operation("second")], null), PortalJson.Default.BulkOperationList);
        var page = Render<BulkOperationsPage>();
        page.WaitForAssertion(() => Assert.Equal(["bulk-operations/first"], Links(page)));
        Assert.Equal("1 bulk operation shown, there are more", page.Find("[data-testid=bulk-count]").TextContent);
        Assert.Contains("1 bulk operation", Text(page), StringComparison.Ordinal);

        page.Find(".more button").Click();

        page.WaitForAssertion(() => Assert.Equal(["bulk-operations/first", "bulk-operations/second"], Links(page)));
        Assert.Empty(page.FindAll(".more"));
    }

    [Fact]
    public void Where_there_is_none_the_page_says_so()
    {
        Stub.Answer("GET /api/bulk-operations?", new BulkOperationList([], null), PortalJson.Default.BulkOperationList);

        var page = Render<BulkOperationsPage>();

        page.WaitForAssertion(() => Assert.Contains("There is none yet", Text(page), StringComparison.Ordinal));
    }

    private static IEnumerable<string?> Links(IRenderedComponent<BulkOperationsPage> page) => page.FindAll("tbody a").Select(link => link.GetAttribute("href"));

    private static BulkOperationDetails Operation(string id) => new(
        id,
        BulkKind.Suspend,
        BulkState.Succeeded,
        Samples.Now,
        "Alice Adams",
        new BulkPlan("hash", "suspend 2 users", 2, 3, 4, 2, 0, 0, 0, [], IncludesYou: false),
        new BulkProgress(2, 0, 0, 0),
        10,
        Samples.Now.AddDays(90));
}
