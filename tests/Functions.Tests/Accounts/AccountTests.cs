using BlokSec.Contracts;
using BlokSec.Functions.Accounts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Accounts;

public sealed class AccountTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private AdminClient Admin => test.Admin();

    [Fact]
    public async Task An_account_is_added_counted_audited_and_bound_to_the_users_DID()
    {
        var (user, application) = (await test.NewUserAsync(phones: 2, accounts: 1), await Admin.NewApplicationAsync());

        var account = await Admin.AddedAccountAsync(user, application, "maria");

        Assert.Equal((application.ApplicationId, "Payroll", "maria"), (account.ApplicationId, account.ApplicationName, account.AccountName));
        Assert.Equal((user.DidKey().Did, 1), (account.Did, account.Epoch));
        var document = await test.UserDocumentAsync(user);
        Assert.Equal((2, 1), (document.AccountCount, document.AccountsVersion));
        Assert.All(await test.AllAsync<DeviceDocument>(user, "device"), device => Assert.Equal(1, device.AccountsVersion));
        var entry = Assert.Single(await test.AuditAsync(user));
        Assert.Equal((AuditActions.AccountCreated, account.AccountId), (entry.Action, entry.Targets[0]));
        Assert.Equal(("Payroll", "maria"), (entry.After!["application"], entry.After["accountName"]));
    }

    [Fact]
    public async Task The_same_key_adds_one_account_and_another_request_with_it_none()
    {
        var (user, application) = (await test.NewUserAsync(), await Admin.NewApplicationAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Admin.AddAccountAsync(user, application, "maria", "the-same-key")));

        Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        Assert.Single(answers.Select(answer => answer.Read<AccountDetails>().AccountId).Distinct());
        Assert.Equal(2, (await test.UserDocumentAsync(user)).AccountCount);
        Assert.Equal(ProblemCodes.IdempotencyKeyReused, (await Admin.AddAccountAsync(user, application, "other", "the-same-key")).Code);
    }

    [Fact]
    public async Task A_name_is_one_account_in_an_application_whoever_asks_at_the_same_moment()
    {
        var (user, other, application) = (await test.NewUserAsync(), await test.NewUserAsync(), await Admin.NewApplicationAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Admin.AddAccountAsync(user, application, "maria")));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer.Status != 201), answer => Assert.Equal((409, ProblemCodes.AccountExists), (answer.Status, answer.Code)));
        Assert.Equal((409, ProblemCodes.AccountExists), Of(await Admin.AddAccountAsync(other, application, "maria")));
        Assert.Equal(201, (await Admin.AddAccountAsync(user, await Admin.NewApplicationAsync(), "maria")).Status);
        Assert.Equal(201, (await Admin.AddAccountAsync(user, application, "maria.lopez")).Status);
    }

    [Fact]
    public async Task An_application_that_is_disabled_unknown_or_of_another_tenant_gets_no_accounts()
    {
        var (user, application) = (await test.NewUserAsync(), await Admin.NewApplicationAsync());
        var theirs = await test.Admin(TestCloud.Neighbour).NewApplicationAsync();
        await Admin.SendAsync(HttpMethod.Put, $"applications/{application.ApplicationId}/state", new { state = "disabled" });
        var before = await test.TextAsync(user);

        Assert.Equal((403, ProblemCodes.ApplicationDisabled), Of(await Admin.AddAccountAsync(user, application, "maria")));
        Assert.Equal((404, ProblemCodes.NotFound), Of(await Admin.AddAccountAsync(user, theirs, "maria")));
        Assert.Equal((404, ProblemCodes.NotFound), Of(await Admin.AddAccountAsync(user, application with { ApplicationId = "nowhere" }, "maria")));
        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task I9_another_tenants_users_and_accounts_do_not_exist()
    {
        var user = await test.NewUserAsync();
        var neighbour = test.Admin(TestCloud.Neighbour);
        var theirs = await neighbour.NewApplicationAsync();
        var account = (await test.AllAsync<AccountDocument>(user, "account"))[0];
        var before = await test.TextAsync(user);

        Assert.Equal(404, (await neighbour.AddAccountAsync(user, theirs, "maria")).Status);
        Assert.Equal(404, (await neighbour.SendAsync(HttpMethod.Delete, $"users/{user.UserId}/accounts/{account.AccountId}", null)).Status);
        Assert.Equal(404, (await neighbour.AskAsync($"users/{user.UserId}/departure/plan")).Status);
        Assert.Equal(404, (await neighbour.LeaveAsync(user)).Status);
        Assert.DoesNotContain(user.UserId, (await neighbour.AskAsync($"applications/{account.ApplicationId}/accounts")).Text, StringComparison.Ordinal);
        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task Who_only_reads_or_manages_devices_changes_no_accounts()
    {
        var (user, application, reader) = (await test.NewUserAsync(), await Admin.NewApplicationAsync(), test.Admin(TestCloud.Reader));
        var account = (await test.AllAsync<AccountDocument>(user, "account"))[0];

        Assert.Equal(403, (await reader.AddAccountAsync(user, application, "maria")).Status);
        Assert.Equal(403, (await reader.SendAsync(HttpMethod.Delete, $"users/{user.UserId}/accounts/{account.AccountId}", null)).Status);
        Assert.Equal(403, (await reader.LeaveAsync(user)).Status);
        Assert.Equal(200, (await reader.AskAsync($"users/{user.UserId}/departure/plan")).Status);
    }

    [Theory]
    [InlineData("""{"applicationId":"a","accountName":"ma\u202eria"}""", "accountName")]
    [InlineData("""{"applicationId":"a","accountName":" "}""", "accountName")]
    [InlineData("""{"applicationId":"../a","accountName":"maria"}""", "applicationId")]
    [InlineData("""{"applicationId":"a","accountName":"maria","did":"did:key:z"}""", "did")]
    [InlineData("""{"applicationId":"a","accountName":"maria","accountId":"mine"}""", "accountId")]
    public async Task A_hostile_name_or_a_member_that_is_not_the_callers_affair_is_refused(string body, string field)
    {
        var user = await test.NewUserAsync();

        var answer = await Admin.SendAsync(HttpMethod.Post, $"users/{user.UserId}/accounts", System.Text.Json.Nodes.JsonNode.Parse(body));

        Assert.Equal((400, ProblemCodes.InvalidRequest), Of(answer));
        Assert.Contains($"\"{field}\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_has_a_bounded_number_of_accounts()
    {
        var (user, application) = (await test.NewUserAsync(), await Admin.NewApplicationAsync());
        await test.PatchAsync(user, UserDocument.DocumentId, PatchOperation.Set("/accountCount", CreateAccount.MaxAccounts));

        Assert.Equal((409, ProblemCodes.AccountLimit), Of(await Admin.AddAccountAsync(user, application, "maria")));
    }

    [Fact]
    public async Task A_removed_account_is_gone_with_its_sign_ins_and_the_phone_learns_it_at_its_next_check_in()
    {
        var (user, application) = (await test.NewUserAsync(), await Admin.NewApplicationAsync());
        var account = await Admin.AddedAccountAsync(user, application);
        var asked = await PendingAsync(user, account);

        var path = $"users/{user.UserId}/accounts/{account.AccountId}";
        Assert.Equal(204, (await Admin.SendAsync(HttpMethod.Delete, path, null)).Status);

        Assert.Equal(404, (await Admin.SendAsync(HttpMethod.Delete, path, null)).Status);
        Assert.Equal((1, 2), await CountAndVersionAsync(user));
        Assert.Equal(AuthenticationRequestStatus.Superseded, (await RequestAsync(user, asked)).Status);
        var status = (await test.CallAsync(HttpMethod.Get, "mobile/device/status?accountsVersion=1", user.Signer(0), null)).Read<DeviceStatus>()!;
        Assert.Equal(2, status.AccountsVersion);
        Assert.DoesNotContain(status.Accounts!.Accounts, shown => shown.AccountId == account.AccountId);
        var entry = (await test.AuditAsync(user))[^1];
        Assert.Equal((AuditActions.AccountRemoved, user.UserId), (entry.Action, entry.Before!["accountName"]));
    }

    [Fact]
    public async Task The_list_is_searched_filtered_and_paged()
    {
        var (user, wages, travel) = (await test.NewUserAsync(accounts: 0), await Admin.NewApplicationAsync("Wages"), await Admin.NewApplicationAsync("Travel"));
        foreach (var name in (string[])["maria", "MARIA.second", "100%_maria", "noah"])
        {
            await Admin.AddedAccountAsync(user, wages, name);
        }

        await Admin.AddedAccountAsync(user, travel, "maria");

        Assert.Equal(4, (await ListAsync("search=maria")).Count);
        Assert.Equal(["100%_maria"], await ListAsync("search=%25_"));
        Assert.Equal(["maria"], await ListAsync("search=TRAVEL"));
        Assert.Equal(3, (await ListAsync($"search=maria&application={wages.ApplicationId}")).Count);
        Assert.Empty(await ListAsync("search=' OR true OR c.type = '"));
        var first = (await Admin.AskAsync($"users/{user.UserId}/accounts?search=maria&pageSize=3")).Read<AccountList>();
        var second = (await Admin.AskAsync($"users/{user.UserId}/accounts?search=maria&pageSize=3&continuation={first.Continuation}")).Read<AccountList>();
        Assert.Equal((3, 1), (first.Accounts.Count, second.Accounts.Count));

        var inWages = (await Admin.AskAsync($"applications/{wages.ApplicationId}/accounts?pageSize=3")).Read<ApplicationAccountList>();
        Assert.Equal(3, inWages.Accounts.Count);
        Assert.All(inWages.Accounts, account => Assert.Equal(user.UserId, account.UserId));

        async Task<IReadOnlyList<string>> ListAsync(string query) =>
            [.. (await Admin.AskAsync($"users/{user.UserId}/accounts?{query}")).Read<AccountList>().Accounts.Select(account => account.AccountName)];
    }

    [Fact]
    public async Task A_phone_reads_accounts_only_when_they_changed_and_all_pages_of_them()
    {
        var (user, application) = (await test.NewUserAsync(accounts: 150), await Admin.NewApplicationAsync());
        var signer = user.Signer(0);
        Assert.Null((await test.StatusAsync(signer)).Read<DeviceStatus>()!.Accounts);
        Assert.Null((await test.CallAsync(HttpMethod.Get, "mobile/device/status?accountsVersion=0", signer, null)).Read<DeviceStatus>()!.Accounts);
        await Admin.AddedAccountAsync(user, application);

        var first = (await test.CallAsync(HttpMethod.Get, "mobile/device/status?accountsVersion=0", signer, null)).Read<DeviceStatus>()!.Accounts!;
        var second = (await test.CallAsync(HttpMethod.Get, $"mobile/accounts?continuation={first.Continuation}", signer, null)).Read<OwnAccountList>()!;

        Assert.Equal((100, 51), (first.Accounts.Count, second.Accounts.Count));
        Assert.Null(second.Continuation);
        Assert.Contains(second.Accounts.Concat(first.Accounts), account => account.ApplicationId == application.ApplicationId);
        Assert.Equal(401, (await test.CallAsync(HttpMethod.Get, "mobile/accounts", user.NewSigner(), null)).Status);
    }

    [Fact]
    public async Task A_phone_that_was_restored_knows_the_version_of_the_accounts()
    {
        var (user, application) = (await test.NewUserAsync(), await Admin.NewApplicationAsync());
        await Admin.AddedAccountAsync(user, application);
        var signer = user.NewSigner();

        Assert.Equal(201, (await test.RestoreAsync(signer, user.DidKey())).Status);

        var status = (await test.CallAsync(HttpMethod.Get, "mobile/device/status?accountsVersion=-1", signer, null)).Read<DeviceStatus>()!;
        Assert.Equal((1, 2), (status.AccountsVersion, status.Accounts!.Accounts.Count));
    }

    private static (int Status, string? Code) Of(AdminAnswer answer) => (answer.Status, answer.Code);

    private async Task<(int Count, long Version)> CountAndVersionAsync(TestUser user) =>
        await test.UserDocumentAsync(user) is var document ? (document.AccountCount, document.AccountsVersion) : default;

    /// <summary>A sign-in request that waits for the account.</summary>
    private async Task<string> PendingAsync(TestUser user, AccountDetails account)
    {
        var requestId = Guid.NewGuid().ToString("N");
        var now = test.Time.GetUtcNow();
        await test.CreateAsync<AuthenticationRequestDocument>(user, [new AuthenticationRequestDocument
        {
            Id = AuthenticationRequestDocument.IdOf(requestId),
            TenantId = user.TenantId,
            UserId = user.UserId,
            RequestId = requestId,
            ApplicationId = account.ApplicationId,
            ApplicationName = account.ApplicationName,
            AccountId = account.AccountId,
            AccountName = account.AccountName,
            Method = "Push",
            Status = AuthenticationRequestStatus.Pending,
            Challenge = "challenge",
            IssuedAt = now,
            ExpiresAt = now.AddMinutes(5),
        }]);
        return requestId;
    }

    private async Task<AuthenticationRequestDocument> RequestAsync(TestUser user, string requestId) =>
        (await test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType)).Single(request => request.RequestId == requestId);
}
