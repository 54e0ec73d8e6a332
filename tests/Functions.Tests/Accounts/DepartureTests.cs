using System.Net;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Accounts;

/// <summary>The user leaves the organization: the accounts go, the phones stay.</summary>
public sealed class DepartureTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private AdminClient Admin => test.Admin();

    [Theory]
    [InlineData(3, 1)]
    [InlineData(260, 30)]
    public async Task All_accounts_are_removed_with_a_step_for_each_application_and_the_phones_stay_registered(int accounts, int phones)
    {
        var user = await test.NewUserAsync(phones, accounts);
        var plan = await PlanAsync(user);
        Assert.Equal((accounts, phones, "remove accounts"), (plan.AccountCount, plan.Devices, plan.Confirmation));

        var answer = await Admin.LeaveAsync(user, plan.PlanHash);
        Assert.Equal(202, answer.Status);
        var ended = await test.SucceededAsync(user, answer.Read<OperationDetails>().OperationId);

        Assert.Equal((OperationKind.RemoveAccounts, AccountScopeKind.All), (ended.Kind, ended.AccountScope));
        Assert.Equal(Math.Min(accounts, 101), ended.Steps.Count);
        Assert.Equal(accounts, ended.Steps.Sum(step => step.Completed));
        Assert.All(ended.Steps, step => Assert.Equal((OperationStepName.RemoveAccounts, step.Total), (step.Name, step.Completed)));
        Assert.Equal(plan.Applications.Take(100).Select(application => application.ApplicationName), ended.Steps.Take(100).Select(step => step.ApplicationName));
        var (document, devices) = (await test.UserDocumentAsync(user), await test.AllAsync<DeviceDocument>(user, "device"));
        Assert.Equal((0, phones, DidState.Active), (document.AccountCount, document.DeviceCount, document.DidState));
        Assert.All(devices, device => Assert.Equal((DeviceState.Active, document.AccountsVersion), (device.State, device.AccountsVersion)));
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'account'"));
        var entries = await test.AuditAsync(user);
        Assert.Equal((AuditActions.DepartureRequested, "Left the company"), (entries[0].Action, entries[0].Reason));
        Assert.Equal(accounts, entries.Where(entry => entry.Action == AuditActions.AccountsRemoved).Sum(entry => entry.Targets.Count));
        Assert.Single(entries, entry => entry.Action == AuditActions.OperationFinished);
    }

    [Fact]
    public async Task A_phone_drops_the_accounts_at_its_next_check_in_and_stays_registered()
    {
        var user = await test.NewUserAsync(accounts: 130);
        await user.Phones[0].OpenAppAsync(Stop);
        Assert.Equal(130, user.Phones[0].View.Accounts!.Count);

        await test.SucceededAsync(user, (await Admin.LeaveAsync(user)).Read<OperationDetails>().OperationId);
        await user.Phones[0].OpenAppAsync(Stop);

        Assert.Empty(user.Phones[0].View.Accounts!);
        Assert.NotNull(user.Phones[0].State.Registration);
    }

    [Fact]
    public async Task From_the_answer_on_no_application_asks_for_a_sign_in_and_what_waits_ends()
    {
        var user = await test.NewUserAsync();
        using var application = test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(user.Phones[0]);
        OperationDetails accepted;
        using (var turnstile = new Turnstile(test, Queues.AccountRemovals))
        {
            accepted = (await Admin.LeaveAsync(user)).Read<OperationDetails>();

            Assert.Equal(AuthenticationRequestStatus.Superseded, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);
            await user.Phones[0].AnswerSignInAsync(shown.RequestId, SignInDecision.Accept, asked.Number, Stop);
            Assert.NotEqual("Signed in.", user.Phones[0].State.Message);

            Assert.Equal(
                (HttpStatusCode.Forbidden, ProblemCodes.SignInRefused), await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
            await user.Phones[0].OpenAppAsync(Stop);
            Assert.Empty(user.Phones[0].State.SignIns);
            await turnstile.LetThroughAsync(Queues.AccountRemovals);
        }

        await test.SucceededAsync(user, accepted.OperationId);
    }

    [Fact]
    public async Task I13_a_request_that_was_made_at_the_same_moment_is_not_accepted_once_its_account_is_gone()
    {
        var user = await test.NewUserAsync();
        var asked = await test.AskAsync(user);
        var shown = await ShownAsync(user.Phones[0]);

        // As if the application had asked right before the account was deleted, and neither had seen the other.
        var account = (await test.AllAsync<AccountDocument>(user, "account"))[0];
        using (var gone = await test.Cloud.Container.DeleteItemStreamAsync(account.Id, user.Key(), cancellationToken: Stop))
        {
            gone.EnsureSuccessStatusCode();
        }

        await user.Phones[0].AnswerSignInAsync(shown.RequestId, SignInDecision.Accept, asked.Number, Stop);

        Assert.NotEqual("Signed in.", user.Phones[0].State.Message);
        Assert.DoesNotContain(
            await test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType),
            request => request.RequestId == shown.RequestId && request.Assertion is not null);
    }

    [Fact]
    public async Task The_phrase_the_plan_and_the_key_are_checked()
    {
        var (user, application) = (await test.NewUserAsync(accounts: 2), await Admin.NewApplicationAsync());
        var plan = await PlanAsync(user);
        await Admin.AddedAccountAsync(user, application);
        var before = await test.TextAsync(user);

        Assert.Equal(ProblemCodes.PlanStale, (await Admin.LeaveAsync(user, plan.PlanHash)).Code);
        foreach (var phrase in (string[])["Remove accounts", "remove accounts ", "remove account", "unregister all devices"])
        {
            var answer = await Admin.SendAsync(HttpMethod.Post, $"users/{user.UserId}/departure", new { confirmation = phrase });
            Assert.Equal((400, ProblemCodes.ConfirmationMismatch), (answer.Status, answer.Code));
        }

        Assert.Equal(before, await test.TextAsync(user));
        var first = (await Admin.LeaveAsync(user, idempotencyKey: "the-same-key")).Read<OperationDetails>();
        await test.SucceededAsync(user, first.OperationId);
        var again = await Admin.LeaveAsync(user, idempotencyKey: "the-same-key");
        Assert.Equal((200, first.OperationId), (again.Status, again.Read<OperationDetails>().OperationId));
        var withoutKey = await Admin.LeaveAsync(user);
        Assert.Equal((200, first.OperationId), (withoutKey.Status, withoutKey.Read<OperationDetails>().OperationId));
        var otherReason = await Admin.SendAsync(
            HttpMethod.Post, $"users/{user.UserId}/departure", new { confirmation = "remove accounts", reason = "Other" }, ("Idempotency-Key", "the-same-key"));
        Assert.Equal((422, ProblemCodes.IdempotencyKeyReused), (otherReason.Status, otherReason.Code));
    }

    [Fact]
    public async Task Whoever_has_no_accounts_cannot_leave()
    {
        var user = await test.NewUserAsync(accounts: 0);

        Assert.Equal((409, ProblemCodes.NoAccounts), Of(await Admin.LeaveAsync(user)));
        Assert.Equal(0, (await PlanAsync(user)).AccountCount);
    }

    [Fact]
    public async Task The_accounts_of_an_application_or_some_accounts_are_removed_and_no_others()
    {
        var (user, wages, travel) = (await test.NewUserAsync(accounts: 2), await Admin.NewApplicationAsync("Wages"), await Admin.NewApplicationAsync("Travel"));
        foreach (var name in (string[])["one", "two"])
        {
            await Admin.AddedAccountAsync(user, wages, name);
        }

        var kept = await Admin.AddedAccountAsync(user, travel, "kept");
        var single = await Admin.AddedAccountAsync(user, travel, "single");

        await RemovedAsync(user, new { confirmation = "remove accounts", applicationId = wages.ApplicationId, reason = "Moved" });
        await RemovedAsync(user, new { confirmation = "remove accounts", accountIds = new[] { single.AccountId, single.AccountId, "unknown" } });

        var left = await test.AllAsync<AccountDocument>(user, "account");
        Assert.Equal(3, left.Count);
        Assert.Contains(left, account => account.AccountId == kept.AccountId);
        Assert.DoesNotContain(left, account => account.AccountId == single.AccountId);
        Assert.Equal(3, (await test.UserDocumentAsync(user)).AccountCount);
        Assert.Equal((409, ProblemCodes.NoAccounts), Of(await SendRemovalAsync(user, new { confirmation = "remove accounts", applicationId = wages.ApplicationId })));
        Assert.Equal(
            (409, ProblemCodes.NoAccounts),
            Of(await SendRemovalAsync(user, new { confirmation = "remove accounts", applicationId = wages.ApplicationId, accountIds = new[] { kept.AccountId } })));
    }

    [Theory]
    [InlineData("""{"confirmation":"remove accounts"}""")]
    [InlineData("""{"confirmation":"remove accounts","accountIds":[]}""")]
    [InlineData("""{"confirmation":"remove accounts","accountIds":[null]}""")]
    [InlineData("""{"confirmation":"remove accounts","accountIds":["a') OR true OR c.id IN ('"]}""")]
    public async Task A_removal_says_which_accounts(string body)
    {
        var user = await test.NewUserAsync();
        var before = await test.TextAsync(user);

        Assert.Equal((400, ProblemCodes.InvalidRequest), Of(await SendRemovalAsync(user, System.Text.Json.Nodes.JsonNode.Parse(body)!)));

        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task An_account_that_is_added_after_the_decision_stays()
    {
        var (user, application) = (await test.NewUserAsync(accounts: 2), await Admin.NewApplicationAsync());
        OperationDetails accepted;
        AccountDetails added;
        using (var turnstile = new Turnstile(test, Queues.AccountRemovals))
        {
            accepted = (await Admin.LeaveAsync(user)).Read<OperationDetails>();
            added = await Admin.AddedAccountAsync(user, application);
            await turnstile.LetThroughAsync(Queues.AccountRemovals);
        }

        await test.SucceededAsync(user, accepted.OperationId);

        Assert.Equal([added.AccountId], (await test.AllAsync<AccountDocument>(user, "account")).Select(account => account.AccountId));
        Assert.Equal(1, (await test.UserDocumentAsync(user)).AccountCount);
    }

    [Fact]
    public async Task I3_I4_while_the_bus_is_out_the_decision_stands_and_messages_that_come_again_change_nothing()
    {
        var user = await test.NewUserAsync(accounts: 3);
        OperationDetails accepted;
        using (test.BusOut(Queues.AccountRemovals))
        {
            var answer = await Admin.LeaveAsync(user);
            Assert.Equal(202, answer.Status);
            accepted = answer.Read<OperationDetails>();
        }

        await test.ResumeAsync();
        await test.SucceededAsync(user, accepted.OperationId);
        var before = await test.TextAsync(user);
        await test.SendAsync(Queues.AccountRemovals, Message(user, accepted.OperationId));
        await test.QuietAsync();

        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task A_forged_message_removes_nothing()
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 3);
        var removal = await test.RemovedAsync(user, 0);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        await test.AtRestAsync(user);
        var before = await test.TextAsync(user);

        await test.SendAsync(Queues.AccountRemovals, Message(user, removal.OperationId));
        await test.QuietAsync();

        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task Many_accounts_are_shared_by_messages_and_progress_is_shown()
    {
        var user = await test.NewUserAsync(phones: 0, accounts: 2600);
        OperationDetails accepted, between;
        using (var turnstile = new Turnstile(test, Queues.AccountRemovals))
        {
            accepted = (await Admin.LeaveAsync(user)).Read<OperationDetails>();
            await turnstile.LetThroughAsync(Queues.AccountRemovals);
            between = await Admin.OperationAsync(user.UserId, accepted.OperationId, Stop);
            await turnstile.LetThroughAsync(Queues.AccountRemovals);
        }

        Assert.Equal((OperationStatus.Running, 2500), (between.Status, between.Steps.Sum(step => step.Completed)));
        await test.SucceededAsync(user, accepted.OperationId);
        Assert.Equal(0, (await test.UserDocumentAsync(user)).AccountCount);
    }

    private static (int Status, string? Code) Of(AdminAnswer answer) => (answer.Status, answer.Code);

    private static AccountRemovalMessage Message(TestUser user, string operationId) => new()
    {
        TenantId = user.TenantId,
        UserId = user.UserId,
        OperationId = operationId,
        Resumed = Guid.NewGuid().ToString("N"),
    };

    private async Task<DeparturePlanDetails> PlanAsync(TestUser user) =>
        (await Admin.AskAsync($"users/{user.UserId}/departure/plan")).Read<DeparturePlanDetails>();

    private Task<AdminAnswer> SendRemovalAsync(TestUser user, object body) =>
        Admin.SendAsync(HttpMethod.Post, $"users/{user.UserId}/accounts/removal", body);

    private async Task RemovedAsync(TestUser user, object body)
    {
        var answer = await SendRemovalAsync(user, body);
        Assert.True(answer.Status == 202, answer.Text);
        await test.SucceededAsync(user, answer.Read<OperationDetails>().OperationId);
    }
}
