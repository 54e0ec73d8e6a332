using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.SignIns;

public sealed class ListAuthenticationRequestsTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    [Fact]
    public async Task Requests_are_read_page_by_page_newest_first_and_whole()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        var sameMoment = Test.Time.GetUtcNow().AddMinutes(-1);
        AuthenticationRequestDocument[] stored =
        [
            .. Enumerable.Range(0, 5).Select(hours => Test.Request(user, TimeSpan.FromHours(hours))),
            .. Enumerable.Range(0, 4).Select(_ => Test.Request(user, TimeSpan.Zero) with { IssuedAt = sameMoment }),
        ];
        await Test.CreateAsync(user, stored);

        var read = new List<AuthenticationRequestDetails>();
        string? continuation = null;
        do
        {
            var page = await ListAsync(user, $"pageSize=2&continuation={continuation}");
            Assert.InRange(page.Requests.Count, 1, 2);
            read.AddRange(page.Requests);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(
            stored.OrderByDescending(request => request.IssuedAt).ThenByDescending(request => request.RequestId, StringComparer.Ordinal).Select(request => request.RequestId),
            read.Select(request => request.RequestId));
    }

    [Fact]
    public async Task Each_filter_finds_what_it_names()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        var stored = new Dictionary<string, AuthenticationRequestDocument>
        {
            ["accepted"] = Test.Request(user, TimeSpan.FromDays(1)),
            ["expense"] = Test.Request(user, TimeSpan.FromDays(2)) with { ApplicationId = "expense", ApplicationName = "Expense" },
            ["badge"] = Test.Request(user, TimeSpan.FromDays(3)) with { Method = "BlokBadge", Status = AuthenticationRequestStatus.BlokBadge },
            ["not me"] = Test.Request(user, TimeSpan.FromDays(4)) with { Status = AuthenticationRequestStatus.Denied, Reason = DenialReason.NotMe },
            ["cancelled"] = Test.Request(user, TimeSpan.FromDays(8)) with { Status = AuthenticationRequestStatus.Denied, Reason = DenialReason.Cancelled },
            ["old"] = Test.Request(user, TimeSpan.FromDays(60)),
        };
        await Test.CreateAsync(user, stored.Values);

        await FindsAsync("", "accepted", "expense", "badge", "not me");
        await FindsAsync("days=30", "accepted", "expense", "badge", "not me", "cancelled");
        await FindsAsync("days=90", [.. stored.Keys]);
        await FindsAsync("days=90&status=denied", "not me", "cancelled");
        await FindsAsync("days=90&status=denied&reason=notMe", "not me");
        await FindsAsync("days=90&status=superseded");
        await FindsAsync("application=expense", "expense");
        await FindsAsync("application=expense%27%20OR%20true%20OR%20%27");
        await FindsAsync("method=BlokBadge", "badge");
        await FindsAsync($"from={At(TimeSpan.FromDays(9))}&to={At(TimeSpan.FromDays(3.5))}", "not me", "cancelled");
        await FindsAsync($"to={At(TimeSpan.FromDays(8.5))}", "old");
        await FindsAsync($"from={At(TimeSpan.FromDays(1.5))}", "accepted");
        await FindsAsync("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", [.. stored.Keys]);
        await FindsAsync($"from={Uri.EscapeDataString($"{Test.Time.GetUtcNow().AddDays(-1.5).ToOffset(TimeSpan.FromHours(14)):yyyy-MM-dd'T'HH:mm:sszzz}")}", "accepted");

        async Task FindsAsync(string query, params string[] names) => Assert.Equal(
            names.Select(name => stored[name].RequestId), (await ListAsync(user, query)).Requests.Select(request => request.RequestId));

        string At(TimeSpan ago) => $"{(Test.Time.GetUtcNow() - ago).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}";
    }

    [Fact]
    public async Task A_request_that_nobody_answered_expires_by_the_clock_also_for_the_filter()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        var waiting = Test.Request(user, TimeSpan.Zero) with { Status = AuthenticationRequestStatus.Pending };
        var over = Test.Request(user, TimeSpan.FromMinutes(3)) with { Status = AuthenticationRequestStatus.Pending };
        var expired = Test.Request(user, TimeSpan.FromMinutes(4)) with { Status = AuthenticationRequestStatus.Expired };
        var earlier = Test.Request(user, TimeSpan.FromMinutes(5)) with { Status = AuthenticationRequestStatus.Pending, ExpiresAt = null };
        await Test.CreateAsync(user, [waiting, over, expired, earlier]);

        await FindsAsync("pending", AuthenticationRequestStatus.Pending, waiting, earlier);
        await FindsAsync("expired", AuthenticationRequestStatus.Expired, over, expired);

        Test.Time.Advance(TimeSpan.FromMinutes(3));
        await FindsAsync("pending", AuthenticationRequestStatus.Pending, earlier);
        await FindsAsync("expired", AuthenticationRequestStatus.Expired, waiting, over, expired);

        async Task FindsAsync(string filter, AuthenticationRequestStatus status, params AuthenticationRequestDocument[] documents) => Assert.Equal(
            documents.Select(document => (document.RequestId, status)),
            (await ListAsync(user, $"status={filter}")).Requests.Select(request => (request.RequestId, request.Status)));
    }

    [Fact]
    public async Task I9_Whoever_is_of_another_tenant_or_unknown_has_no_requests()
    {
        var (ours, theirs) = await Test.NamesakesAsync();
        await Test.ForgetSignInsAsync(ours);
        await Test.ForgetSignInsAsync(theirs);
        await Test.CreateAsync(ours, [Test.Request(ours, TimeSpan.Zero), Test.Request(ours, TimeSpan.FromHours(1))]);
        var first = await ListAsync(ours, "pageSize=1");

        Assert.Empty((await Test.Admin(TestCloud.Neighbour).AskAsync($"users/{theirs.UserId}/authentication-requests?continuation={first.Continuation}"))
            .Read<AuthenticationRequestList>().Requests);
        var alone = await Test.NewUserWithoutSignInsAsync();
        await Test.CreateAsync(alone, [Test.Request(alone, TimeSpan.Zero)]);
        foreach (var (administrator, userId) in new[] { (TestCloud.Neighbour, alone.UserId), (TestCloud.Alice, "nobody") })
        {
            var answer = await Test.Admin(administrator).AskAsync($"users/{userId}/authentication-requests");
            Assert.Equal((404, ProblemCodes.NotFound), (answer.Status, answer.Code));
        }
    }

    [Fact]
    public async Task A_continuation_of_another_user_or_filter_only_says_where_to_continue()
    {
        var (one, other) = (await Test.NewUserWithoutSignInsAsync(), await Test.NewUserWithoutSignInsAsync());
        var hours = Enumerable.Range(0, 4).Select(number => TimeSpan.FromHours(number)).ToArray();
        await Test.CreateAsync(one, hours.Select(ago => Test.Request(one, ago)));
        var others = hours.Select(ago => Test.Request(other, ago - TimeSpan.FromMinutes(1)) with { Status = AuthenticationRequestStatus.Denied }).ToArray();
        await Test.CreateAsync(other, others);
        var first = await ListAsync(one, "pageSize=2");

        var crossed = await ListAsync(other, $"status=denied&days=90&continuation={first.Continuation}");

        Assert.Equal(others.Skip(2).Select(request => request.RequestId), crossed.Requests.Select(request => request.RequestId));
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_is_counted_and_hides_no_other()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        var damaged = Test.Request(user, TimeSpan.Zero);
        await Test.CreateAsync(user, [damaged, Test.Request(user, TimeSpan.FromHours(1))]);
        await Test.PatchAsync(user, damaged.Id, PatchOperation.Set("/status", "unheard-of"));

        var page = await ListAsync(user, "");

        Assert.Equal((1, 1), (page.Unreadable, page.Requests.Count));
    }

    [Theory]
    [InlineData("days=0", "days")]
    [InlineData("days=91", "days")]
    [InlineData("days=week", "days")]
    [InlineData("days=7&from=2026-11-25T12:00:00Z", "days")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-11-25", "from")]
    [InlineData("from=2026-11-25T12:00:00", "from")]
    [InlineData("from=2026-13-25T12:00:00Z", "from")]
    [InlineData("from=0001-01-01T00:00:00%2B14:00", "from")]
    [InlineData("from=9999-12-31T23:59:59-14:00", "from")]
    [InlineData("to=2026-11-25T12:00:00%2B99:00", "to")]
    [InlineData("from=2026-11-25T12:00:00Z&to=2026-11-24T12:00:00Z", "from")]
    [InlineData("from=2026-11-25T12:00:00Z&to=2026-11-25T12:00:00Z", "from")]
    [InlineData("status=answered", "status")]
    [InlineData("status=0", "status")]
    [InlineData("status=pending,denied", "status")]
    [InlineData("reason=notme", "reason")]
    [InlineData("method=Fax", "method")]
    [InlineData("review=perhaps", "review")]
    [InlineData("device=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "device")]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("pageSize=201", "pageSize")]
    [InlineData("continuation=%2B%2B", "continuation")]
    [InlineData("continuation=YXV0aDphYg", "continuation")]
    [InlineData("continuation=YXVkaXQ6YWJ8MjAyNg", "continuation")]
    public async Task What_cannot_be_read_is_told(string query, string field)
    {
        var answer = await Test.Admin().AskAsync($"users/nobody/authentication-requests?{query}");

        Assert.Equal((400, ProblemCodes.InvalidRequest), (answer.Status, answer.Code));
        Assert.Contains($"\"{field}\":[", answer.Text, StringComparison.Ordinal);
    }

    private async Task<AuthenticationRequestList> ListAsync(TestUser user, string query)
    {
        var answer = await Test.Admin(TestCloud.Reader).AskAsync($"users/{user.UserId}/authentication-requests?{query}");
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Read<AuthenticationRequestList>();
    }
}
