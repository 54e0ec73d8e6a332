using System.Net;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Removals;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Removals;

public sealed class RemovalDialogTests : ConsoleTest
{
    private static readonly DeviceDetails Phone = Samples.Device() with { Push = PushStatus.NotReceiving, PushReason = "Apple says the app was removed from this phone." };

    private static readonly DeviceDetails Tablet = Samples.Device("Tablet", "Pixel Tablet");

    private OperationDetails? accepted;

    private static string Path => $"/api/users/maria-lopez/devices/{Phone.DeviceId}/removal";

    [Fact]
    public void It_shows_exactly_what_will_be_touched_before_anything_can_be_confirmed()
    {
        var plan = Samples.Plan(Samples.Planned(Phone)) with
        {
            ActiveDevice = Samples.Planned(Tablet),
            ActiveDeviceChanges = true,
            PendingSignIns = [Samples.Request()],
            RemainingDevices = 1,
        };
        var dialog = Show(plan);
        var text = Text(dialog);
        Assert.Contains("Blocked at once: 1 device", text, StringComparison.Ordinal);
        Assert.Contains("Push cannot reach it. Apple says the app was removed from this phone. The app learns at its next open.", text, StringComparison.Ordinal);
        Assert.Contains("Tablet (Pixel Tablet) becomes the active device", text, StringComparison.Ordinal);
        Assert.Contains("The user's identity (DID) and accounts stay as they are.", text, StringComparison.Ordinal);
        Assert.Contains("1 pending sign-in request ends as superseded: Salesforce", text, StringComparison.Ordinal);
        Assert.Contains("Nothing to do: 1 device keeps working.", text, StringComparison.Ordinal);
        Assert.Equal("true", dialog.Find("button[type=submit]").GetAttribute("aria-disabled"));
    }

    [Fact]
    public void Unregistering_names_the_accounts_per_application_and_the_next_step()
    {
        Stub.Answer(
            "GET /api/users/maria-lopez/unregistration/plan",
            Samples.Plan(Samples.Planned(Phone), Samples.Planned(Tablet)) with
            {
                Kind = OperationKind.UnregisterAllDevices,
                ResetsDid = true,
                AccountCount = 13,
                Applications = [new PlannedApplication("a", "Payroll", 12), new PlannedApplication("b", "Wiki", 1)],
                LocksOut = true,
                NextStep = PlanNextStep.ScanClaim,
                RemainingDevices = 0,
            },
            PortalJson.Default.RevocationPlanDetails);
        var dialog = Render<RemovalDialog>(parameters => parameters.AddCascadingValue(Samples.Manager).Add(dialog => dialog.User, Samples.User(Phone, Tablet)));
        var text = Text(dialog);
        Assert.Contains("also on 13 accounts across your applications: Payroll 12 accounts Wiki 1 account", text, StringComparison.Ordinal);
        Assert.Contains("The user is locked out until the next step is done", text, StringComparison.Ordinal);
        Assert.Contains("The user must scan it with the BlokSec app to re-enroll.", text, StringComparison.Ordinal);
        Assert.Contains("unregister all devices", dialog.Find(".phrase").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_device_recommends_to_unregister_instead()
    {
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)) with { NextStep = PlanNextStep.RestoreFromBackup, LocksOut = true, RemainingDevices = 0 });
        Assert.Contains("This is the user's last device", Text(dialog), StringComparison.Ordinal);
        Assert.Contains(dialog.FindAll("button"), button => button.TextContent == "Unregister all devices instead");
    }

    [Fact]
    public void A_wrong_phrase_says_what_differs_and_sends_nothing()
    {
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)));
        dialog.Find("#phrase").Input("Remove device");
        Assert.Equal("Use lower case letters only.", dialog.Find("#phrase-hint").TextContent);
        dialog.Find("form").Submit();
        Assert.Equal("true", dialog.Find("#phrase").GetAttribute("aria-invalid"));
        Assert.Equal(
            "The phrase does not match: nothing was sent Use lower case letters only.", string.Join(' ', Answer(dialog).QuerySelectorAll("p").Select(told => told.TextContent)));
        Assert.DoesNotContain(Stub.Requests, seen => seen.Request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public void The_exact_phrase_removes_the_device()
    {
        Stub.Answer($"POST {Path}", Samples.Operation(), PortalJson.Default.OperationDetails, HttpStatusCode.Accepted);
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)));
        dialog.Find("#phrase").Input("remove device");
        Assert.Equal("That is the phrase.", dialog.Find("#phrase-hint").TextContent);
        dialog.Find("form").Submit();
        Assert.Equal("op-1", accepted?.OperationId);
    }

    [Fact]
    public void A_stale_plan_is_shown_anew_with_what_changed()
    {
        Stub.Refuse($"POST {Path}", HttpStatusCode.Conflict, ProblemCodes.PlanStale);
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)), Samples.Plan(Samples.Planned(Phone)) with { PlanHash = "hash-2", RemainingDevices = 0 });
        dialog.Find("#phrase").Input("remove device");
        dialog.Find("form").Submit();
        var notice = dialog.Find("[data-testid=stale-plan]").TextContent;
        Assert.Contains("Nothing was done.", notice, StringComparison.Ordinal);
        Assert.Contains("The user would keep 0 devices, not 2.", notice, StringComparison.Ordinal);
        Assert.Equal("", dialog.Find("#phrase").GetAttribute("value") ?? "");
        Assert.Null(accepted);
    }

    [Fact]
    public void A_refusal_is_told_with_its_code()
    {
        Stub.Refuse($"POST {Path}", HttpStatusCode.Conflict, ProblemCodes.OperationInProgress, "Wait for it.");
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)));
        dialog.Find("#phrase").Input("remove device");
        dialog.Find("form").Submit();
        var problem = dialog.Find("[data-testid=problem]").TextContent;
        Assert.Contains("Another operation for this user is in progress", problem, StringComparison.Ordinal);
        Assert.Contains("operation-in-progress", problem, StringComparison.Ordinal);
        Assert.Contains("Nothing was done: the device was not removed, as of 12:03:05.", problem, StringComparison.Ordinal);
        Assert.Equal("Nothing was done: try again", dialog.Find("button[type=submit]").TextContent);
        Assert.NotNull(Answer(dialog).QuerySelector("[data-testid=problem]"));
        Assert.Equal("#removal-answer", Browser.VerifyInvoke("focus").Arguments[0]);
    }

    [Fact]
    public void Who_lost_the_role_meanwhile_has_no_live_red_button()
    {
        Stub.Refuse($"POST {Path}", HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)));
        dialog.Find("#phrase").Input("remove device");
        dialog.Find("form").Submit();
        Assert.Equal("Nothing was done", dialog.Find("button[type=submit]").TextContent);
        Assert.Equal("true", dialog.Find("button[type=submit]").GetAttribute("aria-disabled"));
        dialog.Find("form").Submit();
        Assert.Single(Stub.Requests, seen => seen.Request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public void I11_What_is_not_known_is_said_so_and_the_button_looks()
    {
        Stub.Refuse($"POST {Path}", HttpStatusCode.InternalServerError, ProblemCodes.InternalError)
            .Refuse("GET /api/users/maria-lopez", HttpStatusCode.InternalServerError, ProblemCodes.InternalError)
            .Answer("GET /api/users/maria-lopez", Samples.User(Phone), PortalJson.Default.UserDetails);
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)));
        dialog.Find("#phrase").Input("remove device");
        dialog.Find("form").Submit();
        Assert.Contains("It is not known yet whether it was done.", Answer(dialog).TextContent, StringComparison.Ordinal);
        Assert.Empty(dialog.FindAll(".button.danger"));
        dialog.FindAll("footer button").Single(button => button.TextContent == "Not known yet: check again").Click();
        Assert.Contains("Nothing was done: the device was not removed", Answer(dialog).TextContent, StringComparison.Ordinal);
        Assert.Single(Stub.Requests, seen => seen.Request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public void A_device_that_somebody_else_removed_is_said_to_be_gone()
    {
        Stub.Refuse($"GET {Path}/plan", HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Contains("Somebody has already removed this device.", Text(Show()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_typed_is_kept_when_the_session_ends()
    {
        Stub.Refuse($"POST {Path}", HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)));
        dialog.Find("#phrase").Input("remove device");
        dialog.Find("#reason").Input("left in a taxi");
        dialog.Find("form").Submit();
        Assert.Contains("you come back to this dialog, with what you typed", dialog.Find("[data-testid=problem]").TextContent, StringComparison.Ordinal);
        var kept = Assert.IsType<string>(Browser.VerifyInvoke("keep").Arguments[1]);
        Assert.Equal(
            new KeptRemoval(Samples.Manager.Id, "maria-lopez", Phone.DeviceId, Samples.Plan(Samples.Planned(Phone)).PlanHash, "remove device", "left in a taxi"),
            JsonSerializer.Deserialize(kept, PortalJson.Default.KeptRemoval));
    }

    [Theory]
    [InlineData("hash-1", "remove device")]
    [InlineData("another", "")]
    public void The_phrase_typed_before_the_session_ended_counts_only_for_the_same_plan(string planHash, string typed)
    {
        Stub.Answer($"GET {Path}/plan", Samples.Plan(Samples.Planned(Phone)) with { PlanHash = "hash-1" }, PortalJson.Default.RevocationPlanDetails);
        var dialog = Resume(planHash);
        Assert.Equal("left in a taxi", dialog.Find("#reason").GetAttribute("value"));
        Assert.Equal(typed, dialog.Find("#phrase").GetAttribute("value") ?? "");
        Assert.Contains("You are signed in again.", dialog.Find("[data-testid=resumed]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_typed_is_kept_when_the_session_ends_again_before_the_plan_is_there()
    {
        Stub.Refuse($"GET {Path}/plan", HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        var dialog = Resume("hash-1");
        Assert.Contains("Sign in again", Answer(dialog).TextContent, StringComparison.Ordinal);
        var kept = Assert.IsType<string>(Browser.VerifyInvoke("keep").Arguments[1]);
        Assert.Equal(
            new KeptRemoval(Samples.Manager.Id, "maria-lopez", Phone.DeviceId, "hash-1", "remove device", "left in a taxi"),
            JsonSerializer.Deserialize(kept, PortalJson.Default.KeptRemoval));
    }

    [Fact]
    public void What_was_typed_is_there_once_the_plan_could_be_read()
    {
        Stub.Refuse($"GET {Path}/plan", HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
        Stub.Answer($"GET {Path}/plan", Samples.Plan(Samples.Planned(Phone)) with { PlanHash = "hash-1" }, PortalJson.Default.RevocationPlanDetails);
        var dialog = Resume("hash-1");
        Answer(dialog).QuerySelectorAll("button").Single(button => button.TextContent.Contains("Try again", StringComparison.Ordinal)).Click();
        Assert.Equal("left in a taxi", dialog.Find("#reason").GetAttribute("value"));
        Assert.Equal("remove device", dialog.Find("#phrase").GetAttribute("value"));
    }

    [Fact]
    public void The_time_of_the_loss_is_sent_as_it_is_on_the_administrators_clock()
    {
        Stub.Answer($"POST {Path}", Samples.Operation("op-1", Phone.DeviceId), PortalJson.Default.OperationDetails);
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)));
        dialog.Find("#lost-since").Change("2026-11-25T09:30");
        dialog.Find("#phrase").Input("remove device");
        dialog.Find("form").Submit();
        var sent = Stub.Requests.Single(request => request.Body is { Length: > 0 }).Body!;
        Assert.Contains("\"lostSince\":\"2026-11-25T08:30:00", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_in_the_future_is_told_and_nothing_is_sent()
    {
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)));
        dialog.Find("#lost-since").Change("2026-11-26T09:30");
        dialog.Find("#phrase").Input("remove device");
        dialog.Find("form").Submit();
        Assert.Equal("This is in the future.", dialog.Find("#lost-since-hint").TextContent);
        Assert.DoesNotContain(Stub.Requests, request => request.Body is { Length: > 0 });
    }

    private static AngleSharp.Dom.IElement Answer(IRenderedComponent<RemovalDialog> dialog) => dialog.Find(".dialog-answer");

    private IRenderedComponent<RemovalDialog> Resume(string planHash) => Render<RemovalDialog>(parameters => parameters
        .AddCascadingValue(Samples.Manager)
        .Add(dialog => dialog.User, Samples.User(Phone, Tablet))
        .Add(dialog => dialog.Device, Phone)
        .Add(dialog => dialog.Kept, new KeptRemoval(Samples.Manager.Id, "maria-lopez", Phone.DeviceId, planHash, "remove device", "left in a taxi")));

    [Fact]
    public void A_hold_says_until_when_it_can_be_taken_back_and_a_stolen_phone_does_not_wait()
    {
        Stub.Answer($"POST {Path}", Samples.Operation("op-1", Phone.DeviceId), PortalJson.Default.OperationDetails);
        var dialog = Show(Samples.Plan(Samples.Planned(Phone)) with { HoldMinutes = 10 });
        Assert.Contains("Until then you can take it back.", dialog.Find("#immediately-hint").TextContent, StringComparison.Ordinal);

        dialog.Find("#immediately").Change(true);
        Assert.Contains("This cannot be taken back.", dialog.Find("#immediately-hint").TextContent, StringComparison.Ordinal);
        dialog.Find("#phrase").Input("remove device");
        dialog.Find("form").Submit();

        dialog.WaitForAssertion(() => Assert.Contains(Stub.Requests, request => request.Body is { } body && body.Contains("\"immediately\":true", StringComparison.Ordinal)));
    }

    [Fact]
    public void Where_nothing_waits_there_is_no_choice_to_wait() =>
        Assert.Empty(Show(Samples.Plan(Samples.Planned(Phone))).FindAll("[data-testid=hold]"));

    private IRenderedComponent<RemovalDialog> Show(params IReadOnlyList<RevocationPlanDetails> plans)
    {
        foreach (var plan in plans)
        {
            Stub.Answer($"GET {Path}/plan", plan, PortalJson.Default.RevocationPlanDetails);
        }

        return Render<RemovalDialog>(parameters => parameters
            .AddCascadingValue(Samples.Manager)
            .Add(dialog => dialog.User, Samples.User(Phone, Tablet))
            .Add(dialog => dialog.Device, Phone)
            .Add(dialog => dialog.OnAccepted, operation => accepted = operation));
    }
}
