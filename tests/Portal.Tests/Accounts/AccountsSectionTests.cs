using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Accounts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Accounts;

public sealed class AccountsSectionTests : ConsoleTest
{
    private static AccountDetails Payroll => new("a1", "payroll", "Payroll", "maria", "did:key:z6Mk", 1);

    [Fact]
    public void Accounts_that_cannot_be_read_are_counted_over_all_pages()
    {
        Stub.Answer(
            "GET /api/users/maria-lopez/accounts?continuation=next",
            new AccountList([Payroll with { AccountId = "a2" }], null) { Unreadable = 2 },
            PortalJson.Default.AccountList);
        var user = Samples.User() with { AccountCount = 5, Accounts = new AccountList([Payroll], "next") { Unreadable = 1 } };
        var section = Render<AccountsSection>(parameters => parameters.AddCascadingValue(Samples.Reader).Add(section => section.User, user));
        Assert.Equal("1 account cannot be shown: its stored data is damaged. Tell whoever runs this service.", Said(section));

        section.FindAll("button").Single(button => button.TextContent == "Load more accounts").Click();

        section.WaitForAssertion(() => Assert.Equal("3 accounts cannot be shown: their stored data is damaged. Tell whoever runs this service.", Said(section)));
    }

    [Fact]
    public void Nothing_is_said_where_all_accounts_can_be_read() => Assert.Empty(
        Render<AccountsSection>(parameters => parameters.AddCascadingValue(Samples.Reader).Add(section => section.User, Samples.User())).FindAll("[data-testid=unreadable-count]"));

    [Fact]
    public void Accounts_are_searched_and_filtered_by_application()
    {
        Stub.Answer(
            "GET /api/users/maria-lopez/accounts?search=mar&application=payroll",
            new AccountList([Payroll with { AccountId = "found", AccountName = "mary" }], null),
            PortalJson.Default.AccountList)
            .Answer("GET /api/users/maria-lopez/accounts?search=mar", new AccountList([], null), PortalJson.Default.AccountList);
        var section = Show(Samples.Reader, Payroll, Wiki);

        section.Find("#account-search").Change("mar");
        section.Find("form").Submit();
        section.WaitForAssertion(() => Assert.Contains("No account matches.", section.Markup, StringComparison.Ordinal));
        section.Find("#account-filter").Change("payroll");

        section.WaitForAssertion(() => Assert.Contains("mary", section.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain("wiki-name", section.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_who_manages_applications_is_offered_to_add_and_remove()
    {
        Assert.Empty(Show(Samples.Manager, Payroll).FindAll("[data-testid=add-account], [data-testid=remove-account]"));
        Assert.Equal(2, Show(Samples.Everything, Payroll).FindAll("[data-testid=add-account], [data-testid=remove-account]").Count);
    }

    [Fact]
    public void A_removed_account_goes_at_once()
    {
        Stub.Answer("DELETE /api/users/maria-lopez/accounts/a1", () => new HttpResponseMessage(HttpStatusCode.NoContent));
        var section = Show(Samples.Everything, Payroll, Wiki);

        section.FindAll("[data-testid=remove-account]").Single(button => button.GetAttribute("aria-label")!.Contains("Payroll", StringComparison.Ordinal)).Click();
        Assert.Contains("the application can ask for no sign-in with it", section.Find("#remove-account").TextContent, StringComparison.Ordinal);
        section.FindAll("#remove-account footer button").Single(button => button.TextContent == "Remove account").Click();

        section.WaitForAssertion(() => Assert.DoesNotContain(
            section.FindAll("strong"), name => name.TextContent == "Payroll" && name.Closest("dialog") is null));
        Assert.Contains("wiki-name", section.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_is_added_to_an_application_that_is_enabled()
    {
        Stub.Answer(
            "GET /api/applications?pageSize=200",
            new ApplicationList(
                [
                    new("off", "Closed", "c-off", ApplicationState.Disabled, Samples.Now, "1"),
                    new("payroll", "Payroll", "c-pay", ApplicationState.Enabled, Samples.Now, "1"),
                ],
                null),
            PortalJson.Default.ApplicationList)
            .Answer("POST /api/users/maria-lopez/accounts", Payroll, PortalJson.Default.AccountDetails, HttpStatusCode.Created);
        var section = Show(Samples.Everything, Wiki);

        section.Find("[data-testid=add-account]").Click();
        section.WaitForAssertion(() => Assert.Equal(["Payroll"], section.FindAll("#account-application option").Select(option => option.TextContent)));
        Assert.Equal("maria.lopez@contoso.example", section.Find("#account-name").GetAttribute("value"));
        section.Find("#account-name").Input(" maria ");
        section.Find("#add-account-form").Submit();

        section.WaitForAssertion(() => Assert.Contains(
            Stub.Requests,
            seen => seen.Request == "POST /api/users/maria-lopez/accounts" && seen.Body == """{"applicationId":"payroll","accountName":"maria"}"""));
        Assert.True(Stub.Requests[^1].Headers.ContainsKey("Idempotency-Key"));
    }

    private static AccountDetails Wiki => new("a9", "wiki", "Wiki", "wiki-name", "did:key:z6Mk", 1);

    private IRenderedComponent<AccountsSection> Show(BlokSec.Portal.Security.Administrator administrator, params AccountDetails[] accounts) =>
        Render<AccountsSection>(parameters => parameters.AddCascadingValue(administrator).Add(
            section => section.User, Samples.User() with { AccountCount = 20, Accounts = new AccountList(accounts, null) }));

    private static string Said(IRenderedComponent<AccountsSection> section) => section.Find("[data-testid=unreadable-count]").TextContent.Trim();
}
