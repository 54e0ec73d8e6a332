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

    [Fact]
    public void Account_columns_are_shown_as_what_they_give_or_with_what_is_wrong()
    {
        var page = Open(Import with
        {
            Columns =
            [
                new ImportColumn("email", "email"),
                new ImportColumn("account: app-1", ImportColumn.Account) { ApplicationId = "app-1", ApplicationName = "Payroll" },
                new ImportColumn("account: Wiki", ImportColumn.Account) { Fault = "names no application of this tenant" },
            ],
            Faults = [new ImportFault(4, "account: Wiki", "maria", "the column gives no accounts, see there")],
            Sample = [new ImportedRow(2, "Ada", "Byron", "ada@example.com", null, null) { Accounts = ["ada.b", null] }],
        });

        var text = Text(page);
        Assert.Contains("account: app-1: Accounts in Payroll", text, StringComparison.Ordinal);
        Assert.Contains("account: Wiki: no accounts: it names no application of this tenant", text, StringComparison.Ordinal);
        Assert.Contains("4 account: Wiki maria the column gives no accounts, see there", text, StringComparison.Ordinal);
        Assert.Contains("account: Wiki names no application of this tenant.", page.Find("[data-testid=faulty-columns]").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("Department account: app-1 account: Wiki 2 Ada Byron ada@example.com ada.b", text, StringComparison.Ordinal);
    }

    private IRenderedComponent<ImportPage> Open(ImportComparison? comparison) => Open(Import with { Comparison = comparison });

    private IRenderedComponent<ImportPage> Open(ImportDetails import)
    {
        Stub.Answer("GET /api/imports/i-1", import, PortalJson.Default.ImportDetails);
        var page = Render<ImportPage>(parameters => parameters.Add(shown => shown.ImportId, "i-1"));
        page.WaitForElement("[data-testid=import]");
        return page;
    }
}
