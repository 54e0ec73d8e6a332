using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;

namespace BlokSec.Functions.Tests.Overviews;

public sealed class ListSignInsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task Every_combination_of_filters_finds_what_a_model_finds_newest_first()
    {
        var history = new TenantHistory(cloud);
        string[] users = ["maria", "liam", "noor"];
        string[] methods = ["Push", "Passcode", "BlokBadge"];
        AuthenticationRequestStatus[] statuses =
            [AuthenticationRequestStatus.Accepted, AuthenticationRequestStatus.Denied, AuthenticationRequestStatus.Pending, AuthenticationRequestStatus.Expired];
        DenialReason[] reasons = [DenialReason.Cancelled, DenialReason.NotMe, DenialReason.WrongNumber];
        var stored = Enumerable.Range(0, 60).Select(number => history.SignIn(users[number % 3], TimeSpan.FromHours(number / 3 * 9)) with
        {
            ApplicationId = number % 2 == 0 ? "payroll" : "wiki",
            Method = methods[number / 2 % 3],
            Status = statuses[number / 3 % 4],
            Reason = statuses[number / 3 % 4] == AuthenticationRequestStatus.Denied ? reasons[number % 3] : null,
            ForReview = number % 5 == 0,
            // Some that wait are over, although nobody wrote that down.
            ExpiresAt = history.Now.AddHours(number % 2 == 0 ? 1 : -1),
        }).ToArray();
        await history.StoreAsync(stored);

        await Gen.Select(
            Gen.Select(TenantHistory.Of<int?>(null, 1, 7, 90), TenantHistory.Of<double?>(null, 100, 45), TenantHistory.Of<double?>(null, 44, 10)),
            TenantHistory.Of<string?>(null, null, "accepted", "denied", "pending", "expired"),
            TenantHistory.Of<string?>(null, null, "notMe", "cancelled"),
            TenantHistory.Of<string?>(null, "payroll", "' OR true OR '"),
            TenantHistory.Of<string?>(null, null, "Passcode"),
            TenantHistory.Of<bool?>(null, null, true, false)).SampleAsync(
            async (time, status, reason, application, method, review) =>
            {
                var (days, from, to) = time;
                days = (from ?? to) is null ? days : null;
                var query = string.Join('&', new (string Name, string? Value)[]
                {
                    ("days", days?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("from", At(from)), ("to", At(to)), ("status", status), ("reason", reason),
                    ("application", application), ("method", method), ("review", review is { } yes ? yes ? "true" : "false" : null),
                }.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));

                var found = await history.ReadAllAsync<TenantSignInList, TenantSignIn>("sign-ins", query, 11, page => (page.Requests, page.Continuation));

                var begin = from is { } first ? history.Now.AddHours(-first) : to is null ? history.Now.AddDays(-(days ?? 7)) : default(DateTimeOffset?);
                var expected = stored.Where(request =>
                    (begin is null || request.IssuedAt >= begin)
                    && (to is null || request.IssuedAt < history.Now.AddHours(-to.Value))
                    && (status is null || string.Equals(request.StatusAt(history.Now).ToString(), status, StringComparison.OrdinalIgnoreCase))
                    && (reason is null || string.Equals(request.Reason?.ToString(), reason, StringComparison.OrdinalIgnoreCase))
                    && (application is null || request.ApplicationId == application)
                    && (method is null || request.Method == method)
                    && (review is null || request.ForReview == review));
                Assert.Equal(
                    expected.OrderByDescending(request => request.IssuedAt).ThenByDescending(request => request.Id, StringComparer.Ordinal).Select(request => request.RequestId),
                    found.Select(one => one.Request.RequestId));
            },
            iter: 12,
            threads: 4);

        string? At(double? hours) => hours is { } ago ? $"{history.Now.AddHours(-ago):yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}" : null;
    }

    [Fact]
    public async Task A_request_is_told_with_its_user_and_one_that_names_nobody_with_none()
    {
        var history = new TenantHistory(cloud);
        await history.StoreAsync(history.User("maria"), history.SignIn("maria"), history.SignIn("~0123456789abcdef", TimeSpan.FromMinutes(1)));

        Assert.Equal(
            [new UserReference("maria", "Maria Lopez"), null], (await history.ReadAsync<TenantSignInList>("sign-ins")).Requests.Select(one => one.User));
    }

    [Fact]
    public async Task I9_Another_tenant_finds_nothing_and_a_page_costs_two_queries()
    {
        var (ours, theirs) = (new TenantHistory(cloud), new TenantHistory(cloud));
        await ours.StoreAsync(Enumerable.Range(0, 120).Select(number => ours.SignIn($"user-{number}", TimeSpan.FromMinutes(number))));
        var first = await ours.ReadAsync<TenantSignInList>("sign-ins?pageSize=2");

        Assert.Empty((await theirs.ReadAsync<TenantSignInList>($"sign-ins?continuation={first.Continuation}")).Requests);
        foreach (var query in new[] { "", "pageSize=200&days=90", $"status=accepted&continuation={first.Continuation}" })
        {
            var cost = await ours.CostAsync($"sign-ins?{query}");
            Assert.Equal(2, cost.Count("query"));
            Assert.InRange(cost.Database.Count, 2, 4);
        }
    }

    [Theory]
    [InlineData("days=91", "days")]
    [InlineData("days=7&from=2026-11-25T12:00:00Z", "days")]
    [InlineData("to=2026-11-25", "to")]
    [InlineData("status=answered", "status")]
    [InlineData("reason=notme", "reason")]
    [InlineData("method=Fax", "method")]
    [InlineData("review=perhaps", "review")]
    [InlineData("pageSize=201", "pageSize")]
    [InlineData("continuation=YXV0aDphYg", "continuation")]
    public async Task What_cannot_be_read_is_told(string query, string field)
    {
        var answer = await new TenantHistory(cloud).AskAsync($"sign-ins?{query}");

        answer.Problem(400, ProblemCodes.InvalidRequest);
        Assert.Contains(field, answer.Text, StringComparison.Ordinal);
    }
}
