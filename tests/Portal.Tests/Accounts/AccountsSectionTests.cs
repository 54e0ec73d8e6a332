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
        var section = Render<AccountsSection>(parameters => parameters.Add(section => section.User, user));
        Assert.Equal("1 account cannot be shown: its stored data is damaged. Tell whoever runs this service.", Said(section));

        section.FindAll("button").Single(button => button.TextContent == "Load more accounts").Click();

        section.WaitForAssertion(() => Assert.Equal("3 accounts cannot be shown: their stored data is damaged. Tell whoever runs this service.", Said(section)));
    }

    [Fact]
    public void Nothing_is_said_where_all_accounts_can_be_read() => Assert.Empty(
        Render<AccountsSection>(parameters => parameters.Add(section => section.User, Samples.User())).FindAll("[data-testid=unreadable-count]"));

    private static string Said(IRenderedComponent<AccountsSection> section) => section.Find("[data-testid=unreadable-count]").TextContent.Trim();
}
