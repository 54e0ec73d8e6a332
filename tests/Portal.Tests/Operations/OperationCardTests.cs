using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Operations;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Operations;

public sealed class OperationCardTests : ConsoleTest
{
    private static readonly DeviceDetails Phone = Samples.Device();

    private static readonly OperationDetails Running = Samples.Operation("op-1", Phone.DeviceId);

    [Fact]
    public void Each_step_says_how_far_it_is()
    {
        var operation = Running with
        {
            Kind = OperationKind.UnregisterAllDevices,
            Steps =
            [
                new(OperationStepName.Block, OperationStatus.Succeeded, 3, 3, Samples.Now, null),
                new(OperationStepName.ResetDid, OperationStatus.Running, 120, 5000, Samples.Now, null),
                new(OperationStepName.CreateClaim, OperationStatus.NotStarted, 0, 1, Samples.Now, null),
            ],
        };
        var steps = Show(operation, Samples.Manager).FindAll("[data-testid=step]");
        Assert.Contains("Done", steps[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("120 of 5,000", steps[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("120", steps[1].QuerySelector("progress")?.GetAttribute("value"));
        Assert.Contains("Claim QR code created: Waiting", steps[2].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leavers_accounts_are_shown_by_application_and_then_the_devices_are_offered_to_be_unregistered_too()
    {
        var asked = false;
        var operation = Running with
        {
            Kind = OperationKind.RemoveAccounts,
            Status = OperationStatus.Succeeded,
            AccountScope = AccountScopeKind.All,
            DeviceIds = [],
            Steps = [new(OperationStepName.RemoveAccounts, OperationStatus.Succeeded, 2, 2, Samples.Now, null) { ApplicationId = "p", ApplicationName = "Payroll" }],
        };
        var card = Render<OperationCard>(parameters => parameters
            .AddCascadingValue(Samples.Everything)
            .Add(card => card.User, Samples.User(Phone))
            .Add(card => card.Operation, operation)
            .Add(card => card.OnUnregister, () => asked = true));

        Assert.Equal("Removed all accounts", card.Find("h3").TextContent);
        Assert.Contains("Accounts in Payroll removed", Text(card), StringComparison.Ordinal);
        card.Find("[data-testid=unregister-too] button").Click();
        Assert.True(asked);
    }

    [Fact]
    public void Many_applications_are_summed_up()
    {
        var steps = Enumerable.Range(0, 100).Select(number =>
            new OperationStepDetails(OperationStepName.RemoveAccounts, OperationStatus.Running, 1, 2, Samples.Now, null) { ApplicationId = $"{number}", ApplicationName = $"App {number}" });
        var operation = Running with { Kind = OperationKind.RemoveAccounts, AccountScope = AccountScopeKind.All, DeviceIds = [], Steps = [.. steps] };

        Assert.Equal("100 of 200 accounts removed", Show(operation, Samples.Everything).Find("[data-testid=accounts-removed]").TextContent);
    }

    [Fact]
    public void Work_that_could_not_be_queued_says_that_it_is_tried_again()
    {
        var waiting = Running with { Status = OperationStatus.NotStarted, DispatchedAt = null };
        var card = Show(waiting, Samples.Manager);
        Assert.DoesNotContain("retried automatically", card.Markup, StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromSeconds(11));
        card.WaitForAssertion(() => Assert.Contains("retried automatically", card.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Work_that_makes_no_progress_says_so_while_one_watches()
    {
        var card = Show(Running, Samples.Manager);
        Clock.Advance(TimeSpan.FromSeconds(61));
        card.WaitForAssertion(() => Assert.Contains("There has been no progress for a while.", card.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void A_failed_operation_says_what_to_do_and_starts_again_on_request()
    {
        Stub.Answer($"POST /api/users/maria-lopez/devices/{Phone.DeviceId}/removal", Running, PortalJson.Default.OperationDetails);
        var card = Show(Running with { Status = OperationStatus.Failed }, Samples.Manager);
        Assert.Contains("The devices stay blocked, and nothing is undone.", card.Markup, StringComparison.Ordinal);
        card.FindAll("button").Single(button => button.TextContent.Contains("Start it again", StringComparison.Ordinal)).Click();
        Assert.Equal("""{"confirmation":"remove device","reason":"stolen","immediately":false}""", Assert.Single(Stub.Requests).Body);
    }

    [Fact]
    public void A_reader_cannot_start_it_again() =>
        Assert.Empty(Show(Running with { Status = OperationStatus.Failed }, Samples.Reader).FindAll("button"));

    [Fact]
    public void A_push_that_is_not_confirmed_can_be_sent_again_by_who_manages_devices()
    {
        var accepted = Samples.Revocation(Phone) with
        {
            State = RevocationState.PushAccepted,
            Push = RevokePushState.Accepted,
            NextAttemptAt = null,
            NudgeUntil = Samples.Now.AddDays(30),
        };
        Stub.Answer($"POST /api/users/maria-lopez/revocations/{Phone.DeviceId}/nudge", accepted, PortalJson.Default.RevocationDetails);

        Show(Running, Samples.Manager, accepted).Find("[data-testid=nudge]").Click();

        Assert.Single(Stub.Requests);
        Assert.Empty(Show(Running, Samples.Reader, accepted).FindAll("[data-testid=nudge]"));
        Assert.Empty(Show(Running, Samples.Manager, accepted with { NudgeUntil = null }).FindAll("[data-testid=nudge]"));
        Assert.Empty(Show(Running, Samples.Manager, accepted with { NudgeUntil = Samples.Now }).FindAll("[data-testid=nudge]"));
        Assert.Empty(Show(Running, Samples.Manager, accepted with { State = RevocationState.Confirmed }).FindAll("[data-testid=nudge]"));
    }

    [Fact]
    public void A_nudge_that_is_refused_says_why()
    {
        var accepted = Samples.Revocation(Phone) with { Push = RevokePushState.Accepted, NextAttemptAt = null, NudgeUntil = Samples.Now.AddDays(30) };
        Stub.Refuse($"POST /api/users/maria-lopez/revocations/{Phone.DeviceId}/nudge", HttpStatusCode.Conflict, ProblemCodes.NoPushHandle);

        var card = Show(Running, Samples.Manager, accepted);
        card.Find("[data-testid=nudge]").Click();

        card.WaitForAssertion(() => Assert.Contains(ProblemCodes.NoPushHandle, card.Find("[data-testid=problem]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_lost_phone_accepted_is_listed_by_application_and_place_once_it_is_marked()
    {
        var lost = Running with { LostSince = Samples.Now.AddHours(-3) };
        Assert.Contains("being looked up", Show(lost, Samples.Manager).Find("[data-testid=lost-sign-ins]").TextContent, StringComparison.Ordinal);
        Assert.Empty(Stub.Requests);

        var requests = new AuthenticationRequestList(
            [Samples.Request("r-1") with { ForReview = true }, Samples.Request("r-2") with { ForReview = true }, Samples.Request("r-3") with { ApplicationName = "Treasury" }], null);
        var from = Uri.EscapeDataString(DateOnly.FromDateTime(lost.LostSince!.Value.UtcDateTime.AddDays(-1)).ToString("yyyy-MM-dd'T00:00:00Z'", System.Globalization.CultureInfo.InvariantCulture));
        Stub.Answer($"GET /api/users/maria-lopez/authentication-requests?from={from}&device={Uri.EscapeDataString(Phone.DeviceId)}&review=true", requests, PortalJson.Default.AuthenticationRequestList);
        var card = Show(lost with { Status = OperationStatus.Succeeded }, Samples.Manager);

        card.WaitForAssertion(() => Assert.Equal(2, card.FindAll("[data-testid=lost-sign-ins] li").Count));
        Assert.Contains("3 sign-ins to review.", card.Markup, StringComparison.Ordinal);
        Assert.Contains(card.FindAll("[data-testid=lost-sign-ins] a"), link => link.GetAttribute("href")!.Contains("/authentication-requests/r-2?", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_lost_phone_accepted_is_not_said_to_be_looked_up_when_the_removal_failed()
    {
        var card = Show(Running with { LostSince = Samples.Now.AddHours(-3), Status = OperationStatus.Failed }, Samples.Manager);

        var told = card.Find("[data-testid=lost-sign-ins]");
        Assert.DoesNotContain("being looked up", told.TextContent, StringComparison.Ordinal);
        Assert.Contains("not marked for review yet", told.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("review=true", told.QuerySelector("a")!.GetAttribute("href")!, StringComparison.Ordinal);
        Assert.Empty(Stub.Requests);
    }

    private IRenderedComponent<OperationCard> Show(OperationDetails operation, Administrator administrator, RevocationDetails? revocation = null) =>
        Render<OperationCard>(parameters => parameters
            .AddCascadingValue(administrator)
            .Add(card => card.Operation, operation)
            .Add(card => card.User, Samples.User(Phone) with { Operations = [operation], Revocations = [revocation ?? Samples.Revocation(Phone)] }));
}
