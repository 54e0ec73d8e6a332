using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Imports;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.UserImports;

public sealed class ImportPageTests : ConsoleTest
{
    private static readonly ImportDetails Import = new("i-1", Samples.Now, "Ana", [], Rows: 12, Valid: 10, [], [], Created: 0, Skipped: 0, Samples.Now);

    [Fact]
    public void Who_is_here_already_is_named_and_not_counted_as_to_be_created()
    {
        var page = Open(new ImportComparison(
            4, 1, [new ImportFault(7, "email", "ada@example.com", "is in this tenant already"), new ImportFault(9, "externalId", "00701", "is")], ComparedUntil: null));

        Assert.Equal("4", page.Find("[data-testid=existing]").TextContent);
        Assert.Equal("Import 6 users", page.Find("[data-testid=start]").TextContent);
        Assert.Empty(page.FindAll("[data-testid=existing-said]"));
        var text = Text(page);
        Assert.Contains("7 Email ada@example.com is in this tenant already", text, StringComparison.Ordinal);
        Assert.Contains("The first 2. All are in the result.", text, StringComparison.Ordinal);
        Assert.Contains("1 row will be imported although a user has the external ID.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_people_who_are_all_here_offers_no_import()
    {
        var page = Open(new ImportComparison(10, 0, [new ImportFault(7, "email", "ada@example.com", "is in this tenant already")], ComparedUntil: null));

        Assert.Empty(page.FindAll("[data-testid=start]"));
        Assert.Contains("nobody would be created", page.Find("[data-testid=existing-said]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_that_was_cut_says_so()
    {
        var page = Open(new ImportComparison(0, 0, [], ComparedUntil: 1_501));

        Assert.StartsWith("Rows after line 1,501 were not compared", page.Find("[data-testid=existing-said]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Import 10 users", page.Find("[data-testid=start]").TextContent);
        Assert.Empty(page.FindAll("[data-testid=notices]"));
    }

    [Fact]
    public void An_import_that_an_earlier_version_checked_is_shown_as_before()
    {
        var page = Open(comparison: null);

        Assert.Equal("Import 10 users", page.Find("[data-testid=start]").TextContent);
        Assert.Empty(page.FindAll("[data-testid=existing], [data-testid=existing-said], [data-testid=notices]"));
    }

    private IRenderedComponent<ImportPage> Open(ImportComparison? comparison)
    {
        Stub.Answer("GET /api/imports/i-1", Import with { Comparison = comparison }, PortalJson.Default.ImportDetails);
        var page = Render<ImportPage>(parameters => parameters.Add(shown => shown.ImportId, "i-1"));
        page.WaitForElement("[data-testid=import]");
        return page;
    }
}
