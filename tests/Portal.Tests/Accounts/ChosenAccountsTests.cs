using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Accounts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Accounts;

/// <summary>Accounts that are chosen and removed together.</summary>
public sealed class ChosenAccountsTests : ConsoleTest
{
    private const string Removal = "POST /api/users/maria-lopez/accounts/removal";

    private static readonly DeparturePlanDetails Plan = new(
        "hash-1", ConfirmationPhrases.RemoveAccounts, [new PlannedApplication("payroll", "Payroll", 3)], AccountCount: 3, [], Devices: 1);

    public ChosenAccountsTests() => Stub.Answer("GET /api/users/maria-lopez/departure/plan", Plan, PortalJson.Default.DeparturePlanDetails);

    [Fact]
    public void What_is_chosen_stays_chosen_when_a_filter_hides_it_is_told_of_and_removed()
    {
        Stub.Answer("GET /api/users/maria-lopez/accounts?search=ada", new AccountList([Account("a2", "ada")], null), PortalJson.Default.AccountList)
            .Answer(Removal, Samples.Operation(), PortalJson.Default.OperationDetails, HttpStatusCode.Accepted);
        var section = Show(Account("a1", "maria"), Account("a2", "ada"), Account("a3", "bea"));
        Assert.Equal("", Said(section));
        Assert.Empty(section.FindAll("[data-testid=remove-chosen]"));

        Choose(section, "maria");
        Choose(section, "bea");
        Assert.Equal("2 accounts chosen.", Said(section));
        Assert.Equal("2 chosen", section.Find(".chosen-here").TextContent);
        section.Find("#account-search").Change("ada");
        section.Find("form").Submit();
        section.WaitForAssertion(() => Assert.Equal("2 accounts chosen. None of them is in the list as it is filtered.", Said(section)));
        Choose(section, "ada");
        Assert.Equal("3 accounts chosen. 2 of them are not in the list as it is filtered.", Said(section));
        Choose(section, "ada", isChosen: false);

        section.Find("[data-testid=remove-chosen]").Click();
        section.WaitForAssertion(() => Assert.Equal(
            ["bea", "maria"], section.FindAll("[data-testid=plan-accounts] li bdi:first-child").Where(name => name.TextContent != "Payroll").Select(name => name.TextContent)));
        section.Find("#account-phrase").Input(ConfirmationPhrases.RemoveAccounts);
        section.Find("#account-removal-form").Submit();

        section.WaitForAssertion(() => Assert.Equal(
            """{"confirmation":"remove accounts","accountIds":["a3","a1"]}""", Assert.Single(Stub.Requests, seen => seen.Request == Removal).Body));
        section.WaitForAssertion(() => Assert.Equal("", Said(section)));
    }

    [Fact]
    public void No_more_are_chosen_than_one_removal_takes()
    {
        var section = Show([.. Enumerable.Range(0, ChosenAccounts.Most + 1).Select(number => Account($"a{number}", $"name-{number}"))]);
        for (var number = 0; number < ChosenAccounts.Most; number++)
        {
            Choose(section, $"name-{number}");
        }

        Assert.Equal("100 accounts chosen, as many as one removal takes.", Said(section));
        Assert.Single(section.FindAll("[data-testid=choose-account]"), box => box.HasAttribute("disabled"));
        section.FindAll("button").Single(button => button.TextContent == "Choose none").Click();
        Assert.Equal("", Said(section));
    }

    [Fact]
    public void Who_does_not_manage_applications_chooses_nothing() => Assert.Empty(
        Render<AccountsSection>(parameters => parameters.AddCascadingValue(Samples.Manager).Add(section => section.User, User(Account("a1", "maria"))))
            .FindAll("input[type=checkbox]"));

    private static AccountDetails Account(string id, string name) => new(id, "payroll", "Payroll", name, "did:key:z6Mk", 1);

    private static UserDetails User(params AccountDetails[] accounts) =>
        Samples.User() with { AccountCount = 200, Accounts = new AccountList(accounts, null) };

    private static string Said(IRenderedComponent<AccountsSection> section) => section.Find("#chosen-said").TextContent;

    private static void Choose(IRenderedComponent<AccountsSection> section, string name, bool isChosen = true) => section
        .FindAll("[data-testid=choose-account]")
        .Single(box => box.GetAttribute("aria-label") == $"Choose the account {name} in Payroll")
        .Change(isChosen);

    private IRenderedComponent<AccountsSection> Show(params AccountDetails[] accounts) =>
        Render<AccountsSection>(parameters => parameters.AddCascadingValue(Samples.Everything).Add(section => section.User, User(accounts)));
}
