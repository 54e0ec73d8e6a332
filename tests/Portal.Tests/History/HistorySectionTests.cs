using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.History;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.History;

public sealed class HistorySectionTests : ConsoleTest
{
    [Fact]
    public void Entries_that_cannot_be_read_are_counted()
    {
        Stub.Answer(
            "GET /api/users/maria-lopez/audit?pageSize=20",
            new AuditEntryList([], null) { Unreadable = 1 },
            PortalJson.Default.AuditEntryList);

        var section = Render<HistorySection>(parameters => parameters.Add(section => section.User, Samples.User()));

        section.WaitForAssertion(() => Assert.Equal(
            "1 entry cannot be shown: its stored data is damaged. Tell whoever runs this service.",
            section.Find("[data-testid=unreadable-count]").TextContent.Trim()));
        Assert.DoesNotContain("Nothing yet.", section.Markup, StringComparison.Ordinal);
    }
}
