using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Tests.Infrastructure;

namespace BlokSec.Portal.Tests.Api;

public sealed class PageReadingTests : IDisposable
{
    private const string First = "GET /api/users/maria-lopez/accounts?";

    private readonly StubApi stub = new();

    public void Dispose() => stub.Dispose();

    [Fact]
    public async Task An_empty_page_is_not_the_end()
    {
        Answer(First, "1").Answer(Next("1"), "2").Answer(Next("2"), "3", "Payroll");
        var read = await ReadAsync(null);
        Assert.Equal(["Payroll"], read.Value?.Items.Select(account => account.AccountName));
        Assert.Equal("3", read.Value?.Continuation);
    }

    [Fact]
    public async Task Empty_pages_are_read_within_a_bound_and_can_be_gone_on_with()
    {
        Answer(First, "x").Answer(Next("x"), "x");
        var read = await ReadAsync(null);
        Assert.Equal(PageReading.MaxEmptyPages, stub.Requests.Count);
        Assert.Equal((0, "x"), (read.Value?.Items.Count, read.Value?.Continuation));
    }

    [Fact]
    public async Task A_continuation_that_cannot_be_read_begins_the_list_again()
    {
        stub.Refuse(Next("old"), HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest);
        Answer(First, null, "Payroll");
        var read = await ReadAsync("old");
        Assert.True(read.Value?.IsFromStart);
        Assert.Single(read.Value!.Items);
    }

    [Fact]
    public async Task A_list_that_is_refused_from_its_start_is_a_problem()
    {
        stub.Refuse(First, HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest).Refuse(Next("old"), HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest);
        Assert.Equal(ProblemKind.Invalid, (await ReadAsync("old")).Problem?.Kind);
        Assert.Equal(2, stub.Requests.Count);
    }

    private static string Next(string continuation) => $"{First}continuation={continuation}";

    private PageReadingTests Answer(string request, string? continuation, params string[] names)
    {
        stub.Answer(
            request,
            new AccountList([.. names.Select(name => new AccountDetails(name, "app", "App", name, null, 1))], continuation),
            PortalJson.Default.AccountList);
        return this;
    }

    private Task<ApiResult<PagesRead<AccountDetails>>> ReadAsync(string? from) => PageReading.ReadAsync(
        next => stub.Api.FindAccountsAsync("maria-lopez", "", null, next, TestContext.Current.CancellationToken), page => (page.Accounts, page.Continuation, page.Unreadable), from);
}
