using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Accounts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Accounts;

public sealed class AccountRemovalDialogTests : ConsoleTest
{
    private const string Post = "POST /api/users/maria-lopez/departure";

    private OperationDetails? accepted;

    private static DeparturePlanDetails Plan => new(
        "hash-1",
        ConfirmationPhrases.RemoveAccounts,
        [new PlannedApplication("a", "Payroll", 12), new PlannedApplication("b", "Wiki", 1)],
        AccountCount: 13,
        [Samples.Request()],
        Devices: 2);

    [Fact]
    public void It_shows_which_accounts_go_and_that_the_devices_stay()
    {
        var text = Text(Show());

        Assert.Contains("Removed: 13 accounts", text, StringComparison.Ordinal);
        Assert.Contains("Payroll 12 accounts", text, StringComparison.Ordinal);
        Assert.Contains("2 devices stay registered, and drop the accounts at the next check-in.", text, StringComparison.Ordinal);
        Assert.Contains("offers to unregister the devices too", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_one_application_it_shows_and_removes_its_accounts_only()
    {
        Stub.Answer("POST /api/users/maria-lopez/accounts/removal", Samples.Operation(), PortalJson.Default.OperationDetails, HttpStatusCode.Accepted);
        var dialog = Show(new AccountDetails("a1", "b", "Wiki", "maria", null, 1));
        Assert.Contains("Removed: 1 account", Text(dialog), StringComparison.Ordinal);

        Confirm(dialog);

        dialog.WaitForAssertion(() => Assert.NotNull(accepted));
        Assert.Equal("""{"confirmation":"remove accounts","applicationId":"b"}""", Stub.Requests[^1].Body);
    }

    [Fact]
    public void A_wrong_phrase_sends_nothing()
    {
        var dialog = Show();
        dialog.Find("#account-phrase").Input("Remove accounts");
        dialog.Find("form").Submit();

        Assert.NotNull(dialog.Find("[data-testid=wrong-phrase]"));
        Assert.DoesNotContain(Stub.Requests, seen => seen.Request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public void The_phrase_and_the_reason_are_sent_with_the_plan()
    {
        Stub.Answer(Post, Samples.Operation(), PortalJson.Default.OperationDetails, HttpStatusCode.Accepted);
        var dialog = Show();
        dialog.Find("#account-reason").Input("left");

        Confirm(dialog);

        dialog.WaitForAssertion(() => Assert.Equal("op-1", accepted?.OperationId));
        Assert.Equal("""{"confirmation":"remove accounts","planHash":"hash-1","reason":"left"}""", Stub.Requests[^1].Body);
    }

    [Fact]
    public void A_stale_plan_is_shown_again_and_the_phrase_is_typed_again()
    {
        Stub.Refuse(Post, HttpStatusCode.Conflict, ProblemCodes.PlanStale);
        var dialog = Show();
        Confirm(dialog);

        dialog.WaitForAssertion(() => Assert.Contains("Nothing was done.", dialog.Find("[data-testid=stale-plan]").TextContent, StringComparison.Ordinal));
        Assert.Equal("", dialog.Find("#account-phrase").GetAttribute("value") ?? "");
    }

    [Fact]
    public void After_a_lost_answer_it_is_sent_again_with_the_same_key()
    {
        Stub.Lose(Post);
        var dialog = Show();
        Confirm(dialog);
        foreach (var seconds in new[] { 1, 2 })
        {
            dialog.WaitForAssertion(() => Assert.Equal(seconds, Sent().Length));
            Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        dialog.WaitForAssertion(() => Assert.Equal("Send it again", dialog.Find("button[type=submit]").TextContent));
        Assert.Contains("It is not known yet whether it was done.", dialog.Find("[data-testid=problem]").TextContent, StringComparison.Ordinal);
        Assert.Single(Sent().Select(seen => seen.Headers["Idempotency-Key"]).Distinct());
    }

    private static void Confirm(IRenderedComponent<AccountRemovalDialog> dialog)
    {
        dialog.Find("#account-phrase").Input("remove accounts");
        dialog.Find("form").Submit();
    }

    private StubApi.Seen[] Sent() => [.. Stub.Requests.ToArray().Where(seen => seen.Request == Post)];

    private IRenderedComponent<AccountRemovalDialog> Show(AccountDetails? application = null)
    {
        Stub.Answer("GET /api/users/maria-lopez/departure/plan", Plan, PortalJson.Default.DeparturePlanDetails);
        return Render<AccountRemovalDialog>(parameters => parameters
            .AddCascadingValue(Samples.Everything)
            .Add(dialog => dialog.User, Samples.User())
            .Add(dialog => dialog.Application, application)
            .Add(dialog => dialog.OnAccepted, operation => accepted = operation));
    }
}
