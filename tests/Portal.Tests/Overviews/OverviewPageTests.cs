using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Overviews;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Overviews;

public sealed class OverviewPageTests : ConsoleTest
{
    private const string Asked = "GET /api/overview";

    private const string Since = "&since=2026-11-18T11%3A03%3A05.007Z";

    private static readonly DateTimeOffset WeekFrom = Samples.Now.AddDays(-7).AddMilliseconds(7);

    private static readonly OldestRemoval Oldest = new(
        new("maria-lopez", "Maria Lopez"), "device-1", "Work phone", Samples.Now.AddDays(-2), RevokePushState.GivenUp, "Apple refused it.", CanNudge: true)
    {
        LastPushAt = Samples.Now.AddHours(-1),
        NudgedBy = "Bob Brown",
    };

    private static readonly Tally None = new(0, HasMore: false);

    private static readonly TenantOverview Quiet = new(Samples.Now, [new("apns", null, null, null, null, null), new("fcm", null, null, null, null, null)])
    {
        Operations = new(None, None),
        Failures = new(None, None, None, None),
        BulkOperations = new(None, None, None),
        Removals = new(None, null),
        Claims = new(None, None),
        Alerts = new(WeekFrom, [], WeekHasMore: false, MonthHasMore: false),
    };

    [Fact]
    public void When_nothing_needs_anybody_one_sentence_says_so_and_no_number_is_shown()
    {
        var page = Show(Samples.Reader, Quiet);

        page.WaitForAssertion(() => Assert.Contains("Nothing needs you now", Text(page), StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".tally"));
    }

    [Fact]
    public void A_part_that_could_not_be_read_is_never_shown_as_nothing()
    {
        var page = Show(Samples.Reader, Quiet with { Alerts = null, Removals = null });

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".tally-unread").Count));
        Assert.Empty(page.FindAll("[data-testid=all-quiet]"));
    }

    [Fact]
    public void Each_number_opens_its_list_and_alerts_do_so_only_for_who_may_read_the_audit()
    {
        var busy = Quiet with
        {
            Operations = new(new(100, HasMore: true), new(3, HasMore: false)),
            Failures = new(new(1, HasMore: false), new(2, HasMore: false), new(2, HasMore: false), new(3, HasMore: false)),
            BulkOperations = new(new(2, HasMore: false), new(1, HasMore: false), new(1, HasMore: false)),
            Removals = new(new(4, HasMore: false), Oldest),
            Claims = new(new(5, HasMore: false), new(1, HasMore: false)),
            Alerts = new(WeekFrom, [new(AuditActions.KeyInUseRefused, 2, 3, Samples.Now), new(AuditActions.BulkFailed, 1, 1, Samples.Now)], WeekHasMore: false, MonthHasMore: false)
            {
                Mails = new(AuditActions.MailFailed, 4, 9, Samples.Now),
            },
        };
        var page = Show(Samples.Reader, busy);

        page.WaitForAssertion(() => Assert.Equal(9, page.FindAll(".tally").Count));
        Assert.Equal(
            ["unconfirmed", "operations?status=failed", "approvals", "event-deliveries", "bulk-operations", "operations?status=underWay", "users?claim=open"],
            page.FindAll(".tally-number a").Select(link => link.GetAttribute("href")));
        Assert.Equal(
            [("users?claim=open", "5"), ("users?claim=expiring", "1 expires within 4 hours"), ("users?claim=locked", "2 more are locked")],
            page.FindAll("[data-testid=claims] a").Select(link => (link.GetAttribute("href"), link.TextContent.Trim())));
        Assert.Contains("100+", Text(page), StringComparison.Ordinal);
        Assert.Contains(
            "Bulk operations 4 2 under way, 1 paused, 1 failed. Whatever is paused or failed waits until somebody resumes or stops it.", Text(page), StringComparison.Ordinal);
        Assert.Contains(
            "Maria Lopez, Work phone, blocked 2 days ago. The push was given up: Apple refused it. The push last changed 1 hour ago.",
            string.Join(' ', page.Find("[data-testid=unconfirmed]").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
        Assert.Contains("A bulk operation cannot continue 1 in 7 days, 1 in 30", Text(page), StringComparison.Ordinal);
        Assert.Contains("Alerts of the last 7 days 3 ", Text(page), StringComparison.Ordinal);
        Assert.Contains("Mails not sent in the last 7 days 4 Somebody was not told. 9 in 30 days", Text(page), StringComparison.Ordinal);

        var audited = Show(Samples.Reader with { Audits = true }, busy);
        audited.WaitForAssertion(() => Assert.Equal(
            [$"audit?alert=true{Since}", $"audit?action=key-in-use.refused&alert=true{Since}", $"audit?action=bulk.failed&alert=true{Since}", $"audit?action=mail.failed{Since}"],
            audited.FindAll("[data-testid=alerts] a, [data-testid=mails] a").Select(link => link.GetAttribute("href"))));
    }

    [Fact]
    public void The_push_of_the_removal_that_waits_longest_is_sent_again_from_the_card_by_whoever_may_do_so()
    {
        var waiting = Quiet with { Removals = new(new(1, HasMore: false), Oldest) };
        Stub.Answer("POST /api/users/maria-lopez/revocations/device-1/nudge", () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        var page = Show(Samples.Manager, waiting);
        page.WaitForAssertion(() => Assert.Contains("Last asked for by Bob Brown.", Text(page), StringComparison.Ordinal));
        Assert.Equal("Send the push again to Work phone", page.Find("[data-testid=nudge]").GetAttribute("aria-label"));

        page.Find("[data-testid=nudge]").Click();

        page.WaitForAssertion(() => Assert.Contains(Stub.Requests, request => request.Request.EndsWith("/revocations/device-1/nudge", StringComparison.Ordinal)));
        var reader = Show(Samples.Reader);
        reader.WaitForAssertion(() => Assert.NotEmpty(reader.FindAll("[data-testid=unconfirmed]")));
        Assert.Empty(reader.FindAll("[data-testid=nudge]"));
    }

    [Fact]
    public void A_push_that_cannot_be_sent_again_has_no_button()
    {
        var page = Show(Samples.Manager, Quiet with { Removals = new(new(1, HasMore: false), Oldest with { CanNudge = false }) });

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=unconfirmed]")));
        Assert.Empty(page.FindAll("[data-testid=nudge]"));
    }

    [Theory]
    [InlineData(1, 0, 0, "1 under way.", null)]
    [InlineData(0, 1, 0, "1 paused. Whatever is paused or failed waits until somebody resumes or stops it.", "warn")]
    [InlineData(0, 0, 3, "3 failed. Whatever is paused or failed waits until somebody resumes or stops it.", "bad")]
    public void A_bulk_operation_that_has_not_ended_is_told_with_its_status(int running, int paused, int failed, string text, string? tone)
    {
        var bulk = new BulkTallies(new(running, HasMore: false), new(paused, HasMore: false), new(failed, HasMore: false));
        var page = Show(Samples.Reader, Quiet with { BulkOperations = bulk });

        page.WaitForAssertion(() => Assert.Contains(text, page.Find("[data-testid=bulk]").TextContent, StringComparison.Ordinal));
        Assert.Equal(tone, OverviewWords.Tone(bulk));
        Assert.Empty(page.FindAll("[data-testid=all-quiet]"));
        Assert.Contains("bulk operation", page.Find("[data-testid=overview-said]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mail_that_was_not_sent_needs_somebody_and_is_no_alert()
    {
        var page = Show(Samples.Reader, Quiet with { Alerts = Quiet.Alerts! with { Mails = new(AuditActions.MailFailed, 1, 1, Samples.Now) } });
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=mails]")));
        Assert.Empty(page.FindAll("[data-testid=all-quiet]"));
        Assert.Empty(page.FindAll("[data-testid=alerts]"));
    }

    [Fact]
    public void Alerts_that_were_not_all_counted_are_never_shown_as_none()
    {
        var page = Show(Samples.Reader, Quiet with { Alerts = Quiet.Alerts! with { MonthHasMore = true, WeekHasMore = true } });
        page.WaitForAssertion(() => Assert.Contains("0+", page.Find("[data-testid=alerts]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_has_words()
    {
        Assert.All(AuditAlerts.All, action => Assert.NotEqual(action, OverviewWords.Alert(action)));
        Assert.Equal(AuditAlerts.All.Count, AuditAlerts.All.Select(OverviewWords.Alert).Distinct().Count());
    }

    [Fact]
    public void It_is_read_again_by_itself_and_keeps_what_it_knew_when_that_fails()
    {
        Stub.Answer(Asked, Quiet, PortalJson.Default.TenantOverview).Refuse(Asked, HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
        var page = Show(Samples.Reader);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=all-quiet]")));

        Clock.Advance(TimeSpan.FromSeconds(31));

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=problem]")));
        Assert.NotEmpty(page.FindAll("[data-testid=all-quiet]"));
    }

    [Fact]
    public void An_auditor_who_sees_no_users_is_told_which_role_it_takes()
    {
        var page = Show(Samples.Reader with { Reads = false, Audits = true });

        Assert.Contains("Users.Read", Text(page), StringComparison.Ordinal);
        Assert.Empty(Stub.Requests);
    }

    private IRenderedComponent<OverviewPage> Show(Administrator administrator, TenantOverview? overview = null)
    {
        if (overview is not null)
        {
            Stub.Answer(Asked, overview, PortalJson.Default.TenantOverview);
        }

        return Render<OverviewPage>(parameters => parameters.AddCascadingValue(administrator));
    }
}
