using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using static BlokSec.Functions.Tests.Users.UserTest;

namespace BlokSec.Functions.Tests.Users;

/// <summary>People who get accounts with their invitation.</summary>
public sealed class InviteWithAccountsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task A_person_who_is_invited_has_the_accounts_at_once_and_the_audit_names_each()
    {
        var (payroll, wiki) = (await ApplicationAsync("Payroll"), await ApplicationAsync("Wiki"));
        var name = Unique("ada");
        var answer = await InviteAsync((payroll, name), (wiki, name), (wiki, $"{name}.second"));

        Assert.True(answer.Status == 201, answer.Text);
        var userId = answer.Json.GetProperty("userId").GetString()!;
        var user = await cloud.UserAsync(userId);
        Assert.Equal(3, user.GetProperty("accountCount").GetInt32());
        Assert.Equal(
            [("Payroll", name), ("Wiki", name), ("Wiki", $"{name}.second")],
            user.GetProperty("accounts").GetProperty("accounts").EnumerateArray()
                .Select(account => (Text(account, "applicationName"), Text(account, "accountName"))).Order());
        Assert.Equal(
            [AuditActions.AccountCreated, AuditActions.AccountCreated, AuditActions.AccountCreated, AuditActions.UserInvited],
            (await cloud.ActionsAsync(userId)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task As_many_accounts_as_are_allowed_fit_the_transaction_and_one_more_is_refused()
    {
        var application = await ApplicationAsync("Payroll");
        var name = Unique("ada");
        var accounts = Enumerable.Range(0, InviteUserRequest.MaxAccounts + 1).Select(number => (application, $"{name}.{number}")).ToArray();

        Assert.Equal("accounts", Field(await InviteAsync(accounts)));
        var answer = await InviteAsync(accounts[1..]);

        Assert.True(answer.Status == 201, answer.Text);
        Assert.Equal(InviteUserRequest.MaxAccounts, (await cloud.UserAsync(Text(answer.Json, "userId")!)).GetProperty("accountCount").GetInt32());
    }

    [Fact]
    public async Task What_is_wrong_is_named_by_its_place_nobody_is_made_and_the_address_stays_free()
    {
        var (good, disabled) = (await ApplicationAsync("Payroll"), await ApplicationAsync("Closed"));
        var foreign = await ApplicationAsync("Elsewhere", cloud.Neighbour);
        var state = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Put, $"applications/{disabled}/state", """{"state":"disabled"}""", ("If-Match", "*"));
        Assert.True(state.Status is 200 or 204, state.Text);
        var (email, name) = ($"{Unique("ada")}@example.com", Unique("ada"));

        Assert.Equal("accounts[1].applicationId", Field(await ToAsync(email, (good, name), ("nobody-knows-it", name))));
        Assert.Equal("accounts[0].applicationId", Field(await ToAsync(email, (foreign, name))));
        Assert.Equal("accounts[0].applicationId", Field(await ToAsync(email, (disabled, name))));
        Assert.Equal("accounts[0].applicationId", Field(await ToAsync(email, ("' OR 1=1", name))));
        Assert.Equal("accounts[1].accountName", Field(await ToAsync(email, (good, name), (good, name))));
        Assert.Equal("accounts[0].accountName", Field(await ToAsync(email, (good, "a\\u202eb"))));
        Assert.Equal("accounts[0]", Field(await cloud.InviteAsync(email, further: ""","accounts":[null]""")));
        Assert.Equal(201, (await ToAsync(email, (good, name))).Status);
    }

    [Fact]
    public async Task A_name_that_another_user_has_in_the_application_is_refused_in_another_application_it_is_free()
    {
        var (payroll, wiki, name) = (await ApplicationAsync("Payroll"), await ApplicationAsync("Wiki"), Unique("ada"));
        Assert.Equal(201, (await InviteAsync((payroll, name))).Status);

        (await InviteAsync((wiki, name), (payroll, name))).Problem(409, ProblemCodes.AccountExists);
        Assert.Equal(201, (await InviteAsync((wiki, name))).Status);
    }

    [Fact]
    public async Task The_same_key_invites_once_even_if_the_application_was_disabled_meanwhile()
    {
        var (application, name, key) = (await ApplicationAsync("Payroll"), Unique("ada"), Guid.NewGuid().ToString());
        var (email, accounts) = ($"{name}@example.com", Accounts((application, name)));
        var first = await cloud.InviteAsync(email, key: key, further: accounts);
        var again = await cloud.InviteAsync(email, key: key, further: accounts);
        await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Put, $"applications/{application}/state", """{"state":"disabled"}""", ("If-Match", "*"));
        var late = await cloud.InviteAsync(email, key: key, further: accounts);

        Assert.Equal((201, 200, 200), (first.Status, again.Status, late.Status));
        Assert.Equal(1, (await cloud.UserAsync(Text(late.Json, "userId")!)).GetProperty("accountCount").GetInt32());
        (await cloud.InviteAsync(email, key: key)).Problem(422, ProblemCodes.IdempotencyKeyReused);
    }

    [Fact]
    public async Task Who_does_not_manage_applications_gives_no_accounts()
    {
        var (application, name) = (await ApplicationAsync("Payroll"), Unique("ada"));
        var inviter = cloud.Issuer.Token(new TokenClaims { Roles = ["Users.Manage"] });

        (await cloud.InviteAsync($"{name}@example.com", inviter, further: Accounts((application, name)))).Problem(403, ProblemCodes.Forbidden);
        Assert.Equal(201, (await cloud.InviteAsync($"{name}@example.com", inviter, further: ""","accounts":[]""")).Status);
    }

    private Task<RawAnswer> InviteAsync(params (string Application, string Name)[] accounts) => ToAsync($"{Unique("ada")}@example.com", accounts);

    private Task<RawAnswer> ToAsync(string email, params (string Application, string Name)[] accounts) =>
        cloud.InviteAsync(email, further: Accounts(accounts));

    private static string Accounts(params (string Application, string Name)[] accounts) => $""","accounts":[{string.Join(',', accounts.Select(account =>
        $$"""{"applicationId":"{{account.Application}}","accountName":"{{account.Name}}"}"""))}]""";

    private async Task<string> ApplicationAsync(string name, string? token = null)
    {
        var answer = await cloud.Api.SendAsync(
            token ?? cloud.Admin, HttpMethod.Post, "applications", $$"""{"name":"{{name}}","clientId":"client-{{Guid.NewGuid():N}}"}""");
        Assert.True(answer.Status == 201, answer.Text);
        return Text(answer.Json, "applicationId")!;
    }

    private static string Field(RawAnswer answer) =>
        Assert.Single(answer.Problem(400, ProblemCodes.InvalidRequest).GetProperty("errors").EnumerateObject()).Name;

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
