using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Accounts;

/// <summary>The application that had an account is refused after its removal; no other learns that there was one.</summary>
public sealed class RemovedAccountTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private TestCloud Test => cloud.Test;

    [Fact]
    public async Task A_removed_account_is_refused_by_its_name_the_users_address_and_id_and_in_no_other_application()
    {
        var (user, payroll, travel) = (await Test.NewUserAsync(accounts: 0), await NewApplicationAsync(), await NewApplicationAsync());
        var email = $"{user.UserId}@contoso.example";
        await Test.PatchAsync(user, UserDocument.DocumentId, PatchOperation.Set("/email", email));
        var account = await AddedAsync(user, payroll, "maria");
        Assert.Equal(202, (await AskAsync(payroll, "maria")).Status);

        await RemoveAsync(user, account);

        foreach (var hint in (string[])["maria", user.UserId, email, email.ToUpperInvariant()])
        {
            (await AskAsync(payroll, hint)).Problem(403, ProblemCodes.SignInRefused);
            Assert.Equal(202, (await AskAsync(travel, hint)).Status);
        }

        await user.Phones[0].OpenAppAsync(TestContext.Current.CancellationToken);
        Assert.Empty(user.Phones[0].State.SignIns);
        Assert.Equal(404, (await DeleteAsync(user, account)).Status);
        Assert.Equal(0, (await Test.UserDocumentAsync(user)).AccountCount);
        Assert.DoesNotContain(account.AccountId, (await SendAsync(HttpMethod.Get, $"users/{user.UserId}/accounts")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(account.AccountId, (await SendAsync(HttpMethod.Get, $"applications/{payroll.ApplicationId}/accounts")).Text, StringComparison.Ordinal);
        var kept = Assert.Single(await Test.AllAsync<AccountDocument>(user, AccountDocument.RemovedType));
        Assert.Null(kept.Did);
    }

    [Fact]
    public async Task Whoever_remembers_the_name_from_before_refuses_too()
    {
        var (user, payroll) = (await Test.NewUserAsync(accounts: 0), await NewApplicationAsync());
        var account = await AddedAsync(user, payroll, "maria");
        using var other = await cloud.StartAnotherAsync();
        Assert.Equal(202, (await AskAsync(payroll, "maria", other)).Status);

        await RemoveAsync(user, account);

        (await AskAsync(payroll, "maria", other)).Problem(403, ProblemCodes.SignInRefused);
    }

    [Fact]
    public async Task Several_accounts_all_of_an_application_and_a_leavers_are_refused_from_the_answer_on()
    {
        var (user, payroll, travel, wages) =
            (await Test.NewUserAsync(accounts: 0), await NewApplicationAsync(), await NewApplicationAsync(), await NewApplicationAsync());
        var accounts = new List<AccountDetails>();
        foreach (var (application, name) in ((ApplicationDetails, string)[])
            [(payroll, "one"), (payroll, "two"), (payroll, "three"), (travel, "one"), (travel, "two"), (wages, "one")])
        {
            accounts.Add(await AddedAsync(user, application, name));
        }

        await RemovedAsync(
            user,
            "accounts/removal",
            new { confirmation = "remove accounts", accountIds = new[] { accounts[0].AccountId, accounts[1].AccountId } },
            (payroll, ["one", "two"]));

        // Of three accounts one is left: the name of another one never stands for it, the user's own does.
        Assert.Equal(202, (await AskAsync(payroll, "three")).Status);
        Assert.Equal(202, (await AskAsync(payroll, user.UserId)).Status);
        await RemovedAsync(
            user, "accounts/removal", new { confirmation = "remove accounts", applicationId = travel.ApplicationId }, (travel, ["one", "two", user.UserId]));
        await RemovedAsync(user, "departure", new { confirmation = "remove accounts" }, (payroll, ["one", "three", user.UserId]), (wages, ["one"]));
    }

    [Fact]
    public async Task An_account_that_is_added_again_signs_in_and_leaves_nothing_of_the_removed_one()
    {
        var (user, payroll) = (await Test.NewUserAsync(accounts: 0), await NewApplicationAsync());
        foreach (var key in (string?[])["one-key", "one-key", "another-key", null])
        {
            var account = await AddedAsync(user, payroll, "maria", key);
            Assert.Equal(202, (await AskAsync(payroll, "maria")).Status);
            Assert.Equal(1, (await Test.UserDocumentAsync(user)).AccountCount);
            Assert.Empty(await Test.DocumentsAsync(user, "c.type = 'removedAccount'"));

            await RemoveAsync(user, account);
            (await AskAsync(payroll, "maria")).Problem(403, ProblemCodes.SignInRefused);
            Assert.Single(await Test.DocumentsAsync(user, "c.type = 'removedAccount'"));
        }
    }

    [Fact]
    public async Task A_name_that_many_had_belongs_to_who_has_it_now()
    {
        var payroll = await NewApplicationAsync();
        using var other = await cloud.StartAnotherAsync();
        for (var count = 0; count < 7; count++)
        {
            var leaver = await Test.NewUserAsync(accounts: 0);
            var account = await AddedAsync(leaver, payroll, "reception");
            Assert.Equal(202, (await AskAsync(payroll, "reception", other)).Status);
            await RemoveAsync(leaver, account);
            (await AskAsync(payroll, "reception", other)).Problem(403, ProblemCodes.SignInRefused);
        }

        var user = await Test.NewUserAsync(accounts: 0);
        await AddedAsync(user, payroll, "reception");

        Assert.Equal(202, (await AskAsync(payroll, "reception")).Status);
        Assert.Equal(202, (await AskAsync(payroll, "reception", other)).Status);
        await user.Phones[0].OpenAppAsync(TestContext.Current.CancellationToken);
        Assert.Single(user.Phones[0].State.SignIns);
    }

    [Fact]
    public async Task I13_the_name_of_a_removed_account_never_stands_for_the_one_that_is_left()
    {
        var (user, payroll) = (await Test.NewUserAsync(accounts: 0), await NewApplicationAsync());
        var gone = await AddedAsync(user, payroll, "administrator");
        await AddedAsync(user, payroll, "maria");
        Assert.Equal(202, (await AskAsync(payroll, "administrator")).Status);
        await user.Phones[0].OpenAppAsync(TestContext.Current.CancellationToken);
        Assert.Single(user.Phones[0].State.SignIns);

        await RemoveAsync(user, gone);

        (await AskAsync(payroll, "administrator")).Problem(403, ProblemCodes.SignInRefused);
        await user.Phones[0].OpenAppAsync(TestContext.Current.CancellationToken);
        Assert.Empty(user.Phones[0].State.SignIns);
    }

    [Fact]
    public async Task After_a_month_the_account_is_forgotten_and_its_name_unknown()
    {
        var (user, payroll) = (await Test.NewUserAsync(accounts: 0), await NewApplicationAsync());
        await RemoveAsync(user, await AddedAsync(user, payroll, "maria"));
        var removed = Assert.Single((await Test.DocumentsAsync(user, "c.type = 'removedAccount'")).Values);
        Assert.Equal(AccountDocument.RemovedRetentionSeconds, removed.GetProperty("ttl").GetInt32());

        // As the database does when the time is over.
        using (var deleted = await Test.Cloud.Container.DeleteItemStreamAsync(removed.GetProperty("id").GetString(), user.Key(), cancellationToken: TestContext.Current.CancellationToken))
        {
            deleted.EnsureSuccessStatusCode();
        }

        Assert.Equal(202, (await AskAsync(payroll, "maria")).Status);
    }

    private static (string Name, string Value)[] Key(string? key) => key is null ? [] : [("Idempotency-Key", key)];

    private Task<RawAnswer> SendAsync(HttpMethod method, string path, object? body = null, string? key = null) =>
        cloud.Api.SendAsync(cloud.Admin, method, path, body is null ? null : JsonSerializer.Serialize(body), Key(key));

    private async Task<ApplicationDetails> NewApplicationAsync()
    {
        var answer = await SendAsync(HttpMethod.Post, "applications", new { name = "Payroll", clientId = $"client-{Guid.NewGuid():N}" });
        Assert.Equal(201, answer.Status);
        return JsonSerializer.Deserialize<ApplicationDetails>(answer.Text, AdminClient.Json)!;
    }

    private async Task<AccountDetails> AddedAsync(TestUser user, ApplicationDetails application, string name, string? key = null)
    {
        var answer = await SendAsync(
            HttpMethod.Post, $"users/{user.UserId}/accounts", new { applicationId = application.ApplicationId, accountName = name }, key);
        Assert.True(answer.Status == 201, answer.Text);
        return JsonSerializer.Deserialize<AccountDetails>(answer.Text, AdminClient.Json)!;
    }

    private Task<RawAnswer> DeleteAsync(TestUser user, AccountDetails account) =>
        SendAsync(HttpMethod.Delete, $"users/{user.UserId}/accounts/{account.AccountId}");

    private async Task RemoveAsync(TestUser user, AccountDetails account) => Assert.Equal(204, (await DeleteAsync(user, account)).Status);

    /// <summary>Removes accounts by an operation; these names are refused as soon as it was answered, and when it has ended.</summary>
    private async Task RemovedAsync(TestUser user, string path, object body, params (ApplicationDetails Application, string[] Names)[] refused)
    {
        using (var turnstile = new Turnstile(Test, Queues.AccountRemovals))
        {
            Assert.Equal(202, (await SendAsync(HttpMethod.Post, $"users/{user.UserId}/{path}", body)).Status);
            await AssertRefusedAsync();
            await turnstile.LetThroughAsync(Queues.AccountRemovals);
        }

        await Test.UntilAsync(
            async () => (await Test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType)).All(operation => operation.Status == OperationStatus.Succeeded)
                ? ""
                : null,
            "the accounts are removed");
        await AssertRefusedAsync();

        async Task AssertRefusedAsync()
        {
            foreach (var (application, names) in refused)
            {
                foreach (var name in names)
                {
                    (await AskAsync(application, name)).Problem(403, ProblemCodes.SignInRefused);
                }
            }
        }
    }

    private Task<RawAnswer> AskAsync(ApplicationDetails application, string hint, RawApi? api = null)
    {
        var token = cloud.Issuer.Token(new TokenClaims
        {
            Subject = application.ClientId,
            Roles = ["Authentication.Request"],
            Scope = null,
            Further = new Dictionary<string, object> { ["idtyp"] = "app", ["azp"] = application.ClientId },
        });
        return (api ?? cloud.Api).SendAsync(token, HttpMethod.Post, "authentication-requests", JsonSerializer.Serialize(new { login_hint = hint }));
    }
}
