using System.Net;
using System.Net.Http.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Applications;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Accounts;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.SignIns;

namespace BlokSec.Functions.Tests.Budgets;

/// <summary>What a call may cost in requests to the database and in messages until it is answered, counted where they arrive.</summary>
public sealed class CallBudgetTests(BudgetCloud cloud) : IClassFixture<BudgetCloud>, IAsyncDisposable
{
    private readonly TestCloud test = cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => cloud.AtRestAsync();

    [Fact]
    public async Task Opening_the_app_costs_one_read_and_once_in_five_minutes_a_patch()
    {
        var user = await test.NewUserAsync(phones: 1);
        var signer = user.Signer(0);

        Cost.AssertIs(["read", "patch"], 0, await cloud.CostAsync(() => test.StatusAsync(signer)));
        Cost.AssertIs(["read"], 0, await cloud.CostAsync(() => test.StatusAsync(signer)));
        test.Time.Advance(TimeSpan.FromMinutes(4));
        Cost.AssertIs(["read"], 0, await cloud.CostAsync(() => test.StatusAsync(signer)));
        test.Time.Advance(TimeSpan.FromMinutes(1.1));
        Cost.AssertIs(["read", "patch"], 0, await cloud.CostAsync(() => test.StatusAsync(signer)));
    }

    [Fact]
    public async Task Opening_the_app_of_a_removed_phone_costs_two_reads_and_once_a_batch()
    {
        var user = await test.NewUserAsync(phones: 1);
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);

        Cost.AssertIs(["read", "read", "batch"], 0, await cloud.CostAsync(() => test.StatusAsync(signer)));
        Cost.AssertIs(["read", "read"], 0, await cloud.CostAsync(() => test.StatusAsync(signer)));
    }

    [Fact]
    public async Task The_receipt_of_a_removal_costs_two_reads()
    {
        var user = await test.NewUserAsync(phones: 1);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);

        Cost.AssertIs(
            ["read", "read"], 0, await cloud.CostAsync(() => test.Admin().AskAsync($"users/{user.UserId}/revocations/{user.DeviceIds[0]}/receipt")));
    }

    [Fact]
    public async Task A_sign_in_costs_at_most_three_requests_and_a_message_to_ask_one_to_poll_and_two_to_answer()
    {
        var user = await test.NewUserAsync(phones: 1);
        var phone = user.Phones[0];
        using var application = test.Application();
        var request = new AuthenticationRequest { LoginHint = SignInTest.Hint(user) };
        using var turnstile = new Turnstile(test, Queues.SignInPushes);

        // Who is meant is found once, and remembered. What the application is registered as is remembered for a few seconds.
        await phone.AnswerSignInAsync(await AskedAsync(), SignInDecision.Cancel, number: null, Stop);
        test.Later(AskingApplications.RememberedFor);
        Cost.AssertIs(["query", "query", "batch"], 1, await cloud.CostAsync(() => application.AskAsync(request, Stop)));
        var asked = await application.AskAsync(request, Stop);
        Cost.AssertIs(["read"], 0, await cloud.CostAsync(() => application.OutcomeAsync(asked.AuthenticationRequestId, Stop)));
        var shown = await SignInTest.ShownAsync(phone);
        Cost.AssertIs(
            ["query", "batch"], 0, await cloud.CostAsync(() => phone.AnswerSignInAsync(shown.RequestId, SignInDecision.Accept, asked.Number, Stop)));
        Assert.Equal("Signed in.", phone.State.Message);

        async Task<string> AskedAsync()
        {
            await application.AskAsync(request, Stop);
            return (await SignInTest.ShownAsync(phone)).RequestId;
        }
    }

    [Theory]
    [InlineData(3, 12, 0)]
    [InlineData(30, 1, 0)]
    [InlineData(2, 250, 0)]
    [InlineData(3, 3, 3)]
    public async Task A_user_page_costs_two_queries_whatever_the_user_has(int phones, int accounts, int removed)
    {
        var user = await test.NewUserAsync(phones, accounts);
        for (var phone = 0; phone < removed; phone++)
        {
            await test.RemovedAsync(user, phone);
        }

        await test.AtRestAsync(user);

        Cost.AssertIs(["query", "query"], 0, await cloud.CostAsync(() => test.Admin().UserAsync(user.UserId, Stop)));
    }

    [Fact]
    public async Task A_users_page_costs_one_query_and_at_most_one_query_plan_however_many_users_there_are()
    {
        await Task.WhenAll(Enumerable.Range(0, 120).Select(_ => test.NewUserAsync(phones: 0)));

        var next = "";
        foreach (var path in new[] { "users", "users?pageSize=7", "users?search=test&pageSize=5", "users?search=nobody-has-this-name" })
        {
            UserList? page = null;
            var cost = await cloud.CostAsync(async () => page = (await test.Admin().AskAsync(path)).Read<UserList>());
            AssertUsersPage(cost);
            next = page!.Continuation ?? next;
        }

        AssertUsersPage(await cloud.CostAsync(() => test.Admin().AskAsync($"users?search=test&pageSize=5&continuation={next}")));
    }

    [Fact]
    public async Task A_page_of_users_by_what_other_documents_say_and_a_page_of_devices_cost_two_queries()
    {
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => test.NewUserAsync(phones: 2)));

        foreach (var path in new[]
        {
            "users?push=receiving", "users?push=receiving&claim=open", "users?claim=expiring", "users?claim=locked",
            "users?application=payroll&unusedDays=1&state=active", "users?sort=lastActive&direction=desc",
            "users?unusedDays=1&sort=lastActive&search=test", "devices?sort=lastActive", "devices?push=receiving&platform=ios&sort=registered",
        })
        {
            var cost = await cloud.CostAsync(() => test.Admin().AskAsync($"{path}&pageSize=50"));
            Assert.InRange(cost.Count("query"), 1, 2);
            Assert.InRange(cost.Count("query-plan"), 0, 2);
            Assert.Equal(cost.Database.Count, cost.Count("query") + cost.Count("query-plan"));
        }
    }

    [Fact]
    public async Task A_page_of_sign_in_requests_costs_one_query_and_one_of_them_a_read_and_a_query()
    {
        var user = await test.NewUserAsync(phones: 1);
        var requests = Enumerable.Range(0, 120).Select(hours => test.Request(user, TimeSpan.FromHours(hours)) with { DeviceId = user.DeviceIds[0] }).ToArray();
        await test.CreateAsync(user, requests);
        var path = $"users/{user.UserId}/authentication-requests";
        var next = (await test.Admin().AskAsync($"{path}?pageSize=5")).Read<AuthenticationRequestList>().Continuation;

        foreach (var query in new[] { "", "pageSize=5", $"pageSize=5&continuation={next}", "days=90&status=accepted&application=payroll&method=Push" })
        {
            var cost = await cloud.CostAsync(() => test.Admin().AskAsync($"{path}?{query}"));
            Assert.True(cost.Database is ["query"] or ["query-plan", "query"], $"{query}: {string.Join(", ", cost.Database)}");
        }

        Cost.AssertIs(["read", "query"], 0, await cloud.CostAsync(() => test.Admin().AskAsync($"{path}/{requests[0].RequestId}")));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(30, 1)]
    [InlineData(2, 250)]
    public async Task A_removal_is_answered_after_two_requests_and_one_message(int phones, int accounts)
    {
        var user = await test.NewUserAsync(phones, accounts);
        using var held = new Turnstile(test, Queues.Revocations);

        Cost.AssertIs(
            ["query", "batch"], 1, await cloud.CostAsync(() => test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], "budget", Stop)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(30, 1)]
    [InlineData(2, 250)]
    public async Task An_unregistration_is_answered_after_two_requests_and_one_message(int phones, int accounts)
    {
        var user = await test.NewUserAsync(phones, accounts);
        using var held = new Turnstile(test, Queues.Revocations);

        Cost.AssertIs(["query", "batch"], 1, await cloud.CostAsync(() => test.Admin().UnregisterAsync(user.UserId, "budget", Stop)));
    }

    [Fact]
    public async Task An_invitation_costs_two_requests_and_an_edit_two_or_with_a_new_address_three()
    {
        var admin = test.Admin();
        Uri users = new("users", UriKind.Relative);
        var email = $"ada.{Guid.NewGuid():N}@example.com";
        Cost.AssertIs(["batch", "batch"], 0, await cloud.CostAsync(async () =>
        {
            using var invited = await admin.Http.PostAsJsonAsync(users, new InviteUserRequest("Ada", "Byron", email), Stop);
            Assert.Equal(HttpStatusCode.Created, invited.StatusCode);
        }));
        var application = await test.Admin().NewApplicationAsync();
        var withAccount = new InviteUserRequest("Bea", "Byron", $"bea.{email}")
        {
            Accounts = [new CreateAccountRequest { ApplicationId = application.ApplicationId, AccountName = email }],
        };
        Cost.AssertIs(["query", "batch", "batch"], 0, await cloud.CostAsync(async () =>
        {
            using var invited = await admin.Http.PostAsJsonAsync(users, withAccount, Stop);
            Assert.Equal(HttpStatusCode.Created, invited.StatusCode);
        }));
        var userId = (await admin.UsersAsync(email, Stop)).Users.Single(user => user.Email == email).UserId;
        Cost.AssertIs(["query", "batch", "batch"], 0, await cloud.CostAsync(() => ChangeAsync(new ChangeUserRequest { Email = $"new.{email}" })));
        Cost.AssertIs(["query", "batch"], 0, await cloud.CostAsync(() => ChangeAsync(new ChangeUserRequest { GivenName = "Augusta" })));

        async Task ChangeAsync(ChangeUserRequest change)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri($"users/{userId}", UriKind.Relative)) { Content = JsonContent.Create(change) };
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            using var answer = await admin.Http.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }
    }

    private static void AssertUsersPage(Cost cost)
    {
        Assert.Equal(1, cost.Count("query"));
        Assert.InRange(cost.Count("query-plan"), 0, 1);
        Assert.Equal(1 + cost.Count("query-plan"), cost.Database.Count);
        Assert.Equal(0, cost.Sent);
    }
}
