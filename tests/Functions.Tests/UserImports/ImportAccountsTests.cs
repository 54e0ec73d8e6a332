using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using static BlokSec.Functions.Tests.Users.UserTest;

namespace BlokSec.Functions.Tests.UserImports;

/// <summary>People who get accounts with their import.</summary>
public sealed class ImportAccountsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private const string Header = "givenName,familyName,email";

    [Fact]
    public async Task A_cell_of_an_account_column_gives_an_account_and_an_empty_one_gives_none()
    {
        var (payrollName, name) = (Unique("Payroll"), Unique("row"));
        var (payroll, wiki) = (await ApplicationAsync(payrollName), await ApplicationAsync(Unique("Wiki")));
        var check = await CheckAsync(
            $"{Header}, ACCOUNT : {payrollName.ToUpperInvariant()} ,account:{wiki}\r\n"
            + $"Ada,Byron,{name}.0@example.com,{name}.p, {name}.w \r\nBea,Byron,{name}.1@example.com,,{name}.w1\r\nCy,Byron,{name}.2@example.com,,\r\n");

        Assert.Equal(
            [(payroll, payrollName, null), (wiki, Columns(check)[1].Name, null)], Columns(check));
        Assert.Equal(3, check.GetProperty("valid").GetInt32());
        Assert.Equal($"{name}.p", check.GetProperty("sample")[0].GetProperty("accounts")[0].GetString());
        var ended = await ImportedAsync(check);

        Assert.Equal((3, 0), (ended.GetProperty("created").GetInt32(), ended.GetProperty("skipped").GetInt32()));
        Assert.Equal([(payroll, $"{name}.p"), (wiki, $"{name}.w")], await AccountsAsync($"{name}.0@example.com"));
        Assert.Equal([(wiki, $"{name}.w1")], await AccountsAsync($"{name}.1@example.com"));
        Assert.Empty(await AccountsAsync($"{name}.2@example.com"));
        var userId = await UserIdAsync($"{name}.0@example.com");
        Assert.Equal(
            [AuditActions.AccountCreated, AuditActions.AccountCreated, AuditActions.UserImported], (await cloud.ActionsAsync(userId)).Order(StringComparer.Ordinal));
        var lines = await ResultAsync(check);
        Assert.EndsWith($",department,ACCOUNT : {payrollName.ToUpperInvariant()},account:{wiki}", lines[0], StringComparison.Ordinal);
        Assert.EndsWith($",{userId},,{name}.p,{name}.w", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",,,", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task I9_What_is_wrong_with_a_column_is_said_and_rows_with_a_text_there_are_not_imported()
    {
        var (twice, closed) = (Unique("Twice"), Unique("Closed"));
        await ApplicationAsync(twice);
        await ApplicationAsync(twice.ToUpperInvariant());
        await DisableAsync(await ApplicationAsync(closed));
        var elsewhere = Unique("Elsewhere");
        var foreign = await ApplicationAsync(elsewhere, cloud.Neighbour);
        var name = Unique("row");
        string[] columns = [$"account: {twice}", $"account: {closed}", $"account: {foreign}", $"account: {elsewhere}", "account:", "account: ' OR 1=1"];
        var rows = string.Concat(columns.Select((_, index) => $"Ada,Byron,{name}.{index}@example.com,{Cells(columns.Length, index, name)}\r\n"));
        var check = await CheckAsync($"{Header},{string.Join(',', columns)}\r\n{rows}Bea,Byron,{name}.none@example.com\r\n");

        Assert.Equal(
            [
                "names several applications; name the one by its id", "names an application that is disabled",
                .. Enumerable.Repeat("names no application of this tenant", 4),
            ],
            Columns(check).Select(column => column.Fault));
        Assert.DoesNotContain(elsewhere, Columns(check).Select(column => column.Name));
        Assert.Equal(1, check.GetProperty("valid").GetInt32());
        Assert.Equal(
            columns.Select((column, index) => (index + 2, (string?)column, (string?)name, (string?)"the column gives no accounts, see there")),
            Faults(check));
        Assert.Equal(1, (await ImportedAsync(check)).GetProperty("created").GetInt32());
        Assert.Empty(await UsersAsync($"{name}.0@example.com"));
    }

    [Fact]
    public async Task As_many_account_columns_as_an_invitation_gives_accounts_and_no_more()
    {
        var (application, name) = (await ApplicationAsync(Unique("Payroll")), Unique("row"));
        var columns = Enumerable.Repeat($"account: {application}", InviteUserRequest.MaxAccounts + 1);
        var names = Enumerable.Range(0, InviteUserRequest.MaxAccounts).Select(number => $"{name}.{number}");
        var check = await CheckAsync(
            $"{Header},{string.Join(',', columns)}\r\nAda,Byron,{name}@example.com,{string.Join(',', names)}\r\n"
            + $"Ada,Byron,{name}.more@example.com,{new string(',', InviteUserRequest.MaxAccounts)}{name}.more\r\n");

        Assert.Equal([.. Enumerable.Repeat<string?>(null, InviteUserRequest.MaxAccounts), "is one of more than 20 account columns"], Columns(check).Select(column => column.Fault));
        Assert.Equal([3], Faults(check).Select(fault => fault.Line));
        Assert.Equal(1, (await ImportedAsync(check)).GetProperty("created").GetInt32());
        Assert.Equal(InviteUserRequest.MaxAccounts, (await AccountsAsync($"{name}@example.com")).Count);
    }

    [Fact]
    public async Task An_account_name_is_judged_as_that_of_an_invitation()
    {
        var (payroll, wiki, name) = (await ApplicationAsync(Unique("Payroll")), await ApplicationAsync(Unique("Wiki")), Unique("row"));
        var (first, second) = ($"account: {payroll}", $"Account:{wiki}");
        var check = await CheckAsync(
            $"""
            {Header},{first},{second},{first}
            Ada,Byron,{name}.0@example.com,{name}.same,{name}.same
            Ada,Byron,{name}.1@example.com,{name}.same
            Ada,Byron,{name}.2@example.com,,a{(char)0x202E}b
            Ada,Byron,{name}.3@example.com,{new string('x', 255)}
            Ada,Byron,{name}.4@example.com,{name}.own,,{name}.own
            Ada,Byron,{name}.5@example.com,{name}.SAME

            """);

        Assert.Equal(2, check.GetProperty("valid").GetInt32());
        Assert.Equal(
            [
                (3, first, "stands in an earlier row, too"),
                (4, second, "has control, formatting or invisible characters"),
                (5, first, "is longer than 254 characters"),
                (6, first, "is the same account as an earlier one"),
            ],
            Faults(check).Select(fault => (fault.Line, fault.Field, fault.Reason)));
    }

    [Fact]
    public async Task A_name_that_another_user_has_by_then_skips_the_row_says_the_column_and_leaves_the_address_free()
    {
        var (application, name) = (await ApplicationAsync(Unique("Payroll")), Unique("row"));
        var other = await ApplicationAsync(Unique("Wiki"));
        var check = await CheckAsync(
            $"{Header},account: {other},account: {application}\r\nAda,Byron,{name}@example.com,,{name}\r\nBea,Byron,{name}.1@example.com,,{name}.1\r\n");
        Assert.Equal(2, check.GetProperty("valid").GetInt32());
        var taker = await cloud.InviteAsync(
            $"{name}.taker@example.com", further: $$""","accounts":[{"applicationId":"{{application}}","accountName":"{{name}}"}]""");
        Assert.Equal(201, taker.Status);

        var ended = await ImportedAsync(check);

        Assert.Equal((1, 1), (ended.GetProperty("created").GetInt32(), ended.GetProperty("skipped").GetInt32()));
        Assert.Contains(
            $",skipped,account: {application}: another user has an account of this name in the application,", (await ResultAsync(check))[1], StringComparison.Ordinal);
        Assert.Empty(await UsersAsync($"{name}@example.com"));
        await cloud.InvitedAsync($"{name}@example.com");
    }

    [Fact]
    public async Task An_application_that_is_disabled_before_the_import_runs_skips_its_rows()
    {
        var (application, name) = (await ApplicationAsync(Unique("Payroll")), Unique("row"));
        var check = await CheckAsync($"{Header},account: {application}\r\nAda,Byron,{name}.0@example.com,{name}\r\nBea,Byron,{name}.1@example.com,\r\n");
        await DisableAsync(application);

        var ended = await ImportedAsync(check);

        Assert.Equal((1, 1), (ended.GetProperty("created").GetInt32(), ended.GetProperty("skipped").GetInt32()));
        Assert.Contains($",skipped,account: {application}: the application is disabled,", (await ResultAsync(check))[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_manage_applications_neither_checks_nor_starts_such_a_file()
    {
        var (application, name) = (await ApplicationAsync(Unique("Payroll")), Unique("row"));
        var text = $"{Header},account: {application}\r\nAda,Byron,{name}@example.com,\r\n";
        var importer = cloud.Issuer.Token(new TokenClaims { Roles = ["Users.Manage"] });

        var refused = (await SendAsync(text, importer)).Problem(403, ProblemCodes.Forbidden);
        Assert.Equal("Giving accounts needs the role Applications.Manage. Nobody was imported.", refused.GetProperty("detail").GetString());
        Assert.Equal(201, (await SendAsync($"{Header},account\r\nAda,Byron,{name}@example.com,{name}\r\n", importer)).Status);

        var id = (await CheckAsync(text)).GetProperty("importId").GetString();
        (await cloud.Api.SendAsync(importer, HttpMethod.Post, $"imports/{id}/start")).Problem(403, ProblemCodes.Forbidden);
        var kept = (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{id}")).Json;
        Assert.False(kept.TryGetProperty("operation", out var operation) && operation.ValueKind != JsonValueKind.Null);
    }

    /// <summary>The first request to the database, the second, and so on: each breaks, before it acts or before its answer arrives.</summary>
    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public async Task I4_a_row_with_accounts_is_imported_once_whichever_request_is_cut_off(FaultStage stage)
    {
        const int most = 40;
        var application = await ApplicationAsync(Unique("Payroll"));
        for (var at = 1; at <= most; at++)
        {
            var name = Unique("cut");
            var check = await CheckAsync($"{Header},account: {application}\r\nAda,Byron,{name}.0@example.com,{name}\r\n");
            var requests = 0;
            cloud.Test.Traffic.Hook = (request, when) =>
                when == stage && request.StandIn == "cosmos" && request.Operation != "account"
                && request.Caller.Contains("BlokSec.Functions", StringComparison.Ordinal) && Interlocked.Increment(ref requests) == at
                    ? throw new OperationCanceledException("The connection breaks here.")
                    : Task.CompletedTask;
            JsonElement ended;
            try
            {
                ended = await ImportedAsync(check);
            }
            finally
            {
                cloud.Test.Traffic.Hook = null;
            }

            Assert.Equal((1, 0), (ended.GetProperty("created").GetInt32(), ended.GetProperty("skipped").GetInt32()));
            Assert.Equal([(application, name)], await AccountsAsync($"{name}.0@example.com"));
            if (requests < at)
            {
                Assert.True(at > 8);
                return;
            }
        }

        Assert.Fail($"More than {most} requests.");
    }

    [Fact]
    public async Task Account_columns_cost_one_query_of_a_check_and_one_of_each_row_that_has_an_account()
    {
        var (application, name) = (await ApplicationAsync(Unique("Payroll")), Unique("row"));
        var plain = await RequestsAsync($"{Header}\r\nAda,Byron,{name}.0@example.com\r\nBea,Byron,{name}.1@example.com\r\n");
        var empty = await RequestsAsync($"{Header},account: {application}\r\nAda,Byron,{name}.2@example.com,\r\nBea,Byron,{name}.3@example.com,\r\n");
        var one = await RequestsAsync($"{Header},account: {application}\r\nAda,Byron,{name}.4@example.com,{name}\r\nBea,Byron,{name}.5@example.com,\r\n");

        Assert.Equal((plain.Check + 1, plain.Created), empty);
        Assert.Equal((plain.Check + 1, plain.Created + 1), one);
    }

    [Fact]
    public async Task Long_account_names_fit_the_transactions_of_a_check()
    {
        const int rows = 500;
        var (application, name) = (await ApplicationAsync(Unique("Payroll")), Unique("row"));
        var columns = string.Join(',', Enumerable.Repeat($"account: {application}", InviteUserRequest.MaxAccounts));
        var wide = new string('日', 200);
        var text = $"{Header},{columns}\r\n" + string.Concat(Enumerable.Range(0, rows).Select(row =>
            $"Ada,Byron,{name}.{row}@example.com,{string.Join(',', Enumerable.Range(0, InviteUserRequest.MaxAccounts).Select(number => $"{wide}{row}.{number}"))}\r\n"));

        Assert.Equal(rows, (await CheckAsync(text)).GetProperty("valid").GetInt32());
    }

    private static string Cells(int count, int filled, string text) =>
        string.Join(',', Enumerable.Range(0, count).Select(index => index == filled ? text : ""));

    private static IReadOnlyList<(string? Id, string? Name, string? Fault)> Columns(JsonElement import) =>
    [
        .. import.GetProperty("columns").EnumerateArray().Where(column => Text(column, "field") == "account")
            .Select(column => (Text(column, "applicationId"), Text(column, "applicationName"), Text(column, "fault"))),
    ];

    private static IReadOnlyList<(int Line, string? Field, string? Text, string? Reason)> Faults(JsonElement import) =>
    [
        .. import.GetProperty("faults").EnumerateArray()
            .Select(fault => (fault.GetProperty("line").GetInt32(), Text(fault, "field"), Text(fault, "text"), Text(fault, "reason"))),
    ];

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private async Task<(int Check, int Created)> RequestsAsync(string text)
    {
        var mark = cloud.Test.Traffic.Mark;
        var check = await CheckAsync(text);
        var checking = Count(_ => true);
        mark = cloud.Test.Traffic.Mark;
        await ImportedAsync(check);

        // Requests about the users themselves: how often the import is looked at differs.
        return (checking, Count(request => !request.Searchable.Contains('~', StringComparison.Ordinal)));

        int Count(Func<SeenRequest, bool> isCounted) =>
            cloud.Test.Traffic.Since(mark).Count(request => request.StandIn == "cosmos" && request.Operation != "account" && isCounted(request));
    }

    private Task<RawAnswer> SendAsync(string text, string token) =>
        cloud.Api.SendAsync(HttpMethod.Post, "imports", Encoding.UTF8.GetBytes(text), "text/csv", [("Authorization", $"Bearer {token}")]);

    private async Task<JsonElement> CheckAsync(string text)
    {
        var answer = await SendAsync(text, cloud.Admin);
        Assert.True(answer.Status == 201, answer.Text);
        return answer.Json;
    }

    private async Task<JsonElement> ImportedAsync(JsonElement check)
    {
        var id = check.GetProperty("importId").GetString();
        await cloud.Test.UntilAsync(
            async () => (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, $"imports/{id}/start")).Status < 300 ? "" : null, "the import is started");
        return (await cloud.Test.UntilAsync(
            async () =>
            {
                cloud.Test.Cloud.ServiceBus.ReleaseScheduled();
                return await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{id}") is { Status: 200 } answer
                    && answer.Json.GetProperty("operation").GetProperty("status").GetString() == "succeeded" ? answer : null;
            },
            "the import succeeded")).Json;
    }

    private async Task<string[]> ResultAsync(JsonElement check) =>
        (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{check.GetProperty("importId").GetString()}/result.csv")).Text.Split("\r\n");

    private async Task<IReadOnlyList<string>> UsersAsync(string email) =>
    [
        .. (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users?search={Uri.EscapeDataString(email)}")).Json.GetProperty("users").EnumerateArray()
            .Where(user => user.GetProperty("email").GetString() == email).Select(user => user.GetProperty("userId").GetString()!),
    ];

    private async Task<string> UserIdAsync(string email) => Assert.Single(await UsersAsync(email));

    private async Task<IReadOnlyList<(string? Application, string? Name)>> AccountsAsync(string email) =>
    [
        .. (await cloud.UserAsync(await UserIdAsync(email))).GetProperty("accounts").GetProperty("accounts").EnumerateArray()
            .Select(account => (Text(account, "applicationId"), Text(account, "accountName"))).OrderBy(account => account.Item2, StringComparer.Ordinal),
    ];

    private async Task<string> ApplicationAsync(string name, string? token = null)
    {
        var answer = await cloud.Api.SendAsync(
            token ?? cloud.Admin, HttpMethod.Post, "applications", $$"""{"name":"{{name}}","clientId":"client-{{Guid.NewGuid():N}}"}""");
        Assert.True(answer.Status == 201, answer.Text);
        return Text(answer.Json, "applicationId")!;
    }

    private async Task DisableAsync(string applicationId)
    {
        var state = await cloud.Api.SendAsync(
            cloud.Admin, HttpMethod.Put, $"applications/{applicationId}/state", """{"state":"disabled"}""", ("If-Match", "*"));
        Assert.True(state.Status is 200 or 204, state.Text);
    }
}
