using System.Globalization;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Bulk;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Signals;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Demo;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Overviews;

public sealed class GetOverviewTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly Tally None = new(0, HasMore: false);

    [Fact]
    public async Task A_quiet_tenant_has_nothing_that_needs_somebody()
    {
        var overview = await new TenantHistory(cloud).ReadAsync<TenantOverview>("overview");

        Assert.Equal(new OperationTallies(None, None), overview.Operations);
        Assert.Equal(new FailureTallies(None, None, None, None), overview.Failures);
        Assert.Equal(new BulkTallies(None, None, None), overview.BulkOperations);
        Assert.Equal(new UnconfirmedRemovals(None, null), overview.Removals);
        Assert.Equal(new ClaimTallies(None, None), overview.Claims);
        Assert.Empty(overview.Alerts!.Kinds);
        Assert.Null(overview.Alerts.Mails);
        Assert.Contains(overview.PushProviders, provider => provider.Provider == "apns");
        Assert.Contains(overview.PushProviders, provider => provider.Provider == "fcm");
    }

    [Fact]
    public async Task What_needs_somebody_is_counted_and_nothing_else()
    {
        var history = new TenantHistory(cloud);
        var hour = TimeSpan.FromHours(1);
        var oldest = history.Revocation("maria", 3 * hour) with
        {
            Push = RevokePushState.Unreachable,
            PushReason = "The app never allowed it.",
            HandleKeptUntil = history.Now.AddDays(1),
            Timeline =
            [
                new("Blocked", history.Now - (3 * hour), null),
                new("Nudged", history.Now - (2 * hour), "Bob Brown"),
                new("PushUnreachable", history.Now - hour, null),
                new("Nudged", history.Now, "Alice Adams"),
            ],
        };
        await history.StoreAsync(
            history.User("maria"),
            history.Operation("maria", OperationStatus.Running, hour),
            history.Operation("maria", OperationStatus.NotStarted, -hour),
            history.Operation("maria", OperationStatus.Running, -hour) with { Resumes = 1 },
            history.Operation("maria", OperationStatus.Failed, hour),
            history.Operation("liam", OperationStatus.Succeeded, hour),
            history.Revocation("liam", hour),
            oldest,
            history.Revocation("maria", 4 * hour) with { ConfirmedAt = history.Now },
            history.Revocation("maria", 5 * hour) with { LearnedAt = history.Now },
            history.Claim("maria", hours: 20),
            history.Claim("liam", hours: 3),
            history.Claim("noor", hours: -1),
            history.Claim("finn", ClaimState.Locked),
            history.Claim("emma", ClaimState.Redeemed),
            history.Alert("maria", AuditActions.KeyInUseRefused, hour),
            history.Alert("liam", AuditActions.KeyInUseRefused, 10 * 24 * hour),
            history.Alert("liam", AuditActions.SignInNotMe, 8 * 24 * hour),
            history.Alert("liam", AuditActions.SignInNotMe, 31 * 24 * hour),
            history.Alert("noor", AuditActions.MailFailed, 2 * hour) with { Alert = false },
            history.Alert("noor", AuditActions.DeviceRemoved, hour) with { Alert = false },
            Approval(history, "1"),
            Approval(history, "2"),
            Approval(history, "3") with { IsApproved = true },
            Approval(history, "4") with { IsApproved = false },
            Approval(history, "5") with { ExpiresAt = history.Now.AddMinutes(-1) },
            Bulk(history, BulkState.Planning),
            Bulk(history, BulkState.Planned),
            Bulk(history, BulkState.Running),
            Bulk(history, BulkState.Running),
            Bulk(history, BulkState.Running),
            Bulk(history, BulkState.Paused),
            Bulk(history, BulkState.Paused),
            Bulk(history, BulkState.Failed),
            Bulk(history, BulkState.Stopped),
            Bulk(history, BulkState.Succeeded),
            Event(history, EventDeliveryState.GivenUp),
            Event(history, EventDeliveryState.Waiting));

        var overview = await history.ReadAsync<TenantOverview>("overview");

        Assert.Equal(new OperationTallies(new(3, false), new(2, false)), overview.Operations);
        Assert.Equal(new FailureTallies(new(1, false), new(1, false), new(1, false), new(2, false)), overview.Failures);
        Assert.Equal(new BulkTallies(new(3, false), new(2, false), new(1, false)), overview.BulkOperations);
        Assert.Equal(
            new UnconfirmedRemovals(
                new(2, false),
                new(new("maria", "Maria Lopez"), oldest.DeviceId, "Work phone", history.Now - (3 * hour), RevokePushState.Unreachable, "The app never allowed it.", CanNudge: true)
                {
                    LastPushAt = history.Now - hour,
                    NudgedBy = "Alice Adams",
                }),
            overview.Removals);
        Assert.Equal(new ClaimTallies(new(2, false), new(1, false)), overview.Claims);
        Assert.Equal(
            [(AuditActions.KeyInUseRefused, 1, 2), (AuditActions.SignInNotMe, 0, 1)],
            overview.Alerts!.Kinds.Select(kind => (kind.Action, kind.Week, kind.Month)));
        Assert.Equal(new AlertTally(AuditActions.MailFailed, 1, 1, history.Now - (2 * hour)), overview.Alerts.Mails);
        Assert.False(overview.Alerts.WeekHasMore || overview.Alerts.MonthHasMore);
    }

    [Fact]
    public async Task The_audit_lists_as_many_alerts_and_failed_mails_as_the_overview_counts_for_the_week()
    {
        var history = new TenantHistory(cloud);
        var week = TimeSpan.FromDays(7);
        await history.StoreAsync(
            history.Alert("maria", AuditActions.KeyInUseRefused, TimeSpan.FromHours(1)),
            history.Alert("maria", AuditActions.KeyInUseRefused, week - TimeSpan.FromMinutes(1)),
            history.Alert("maria", AuditActions.KeyInUseRefused, week + TimeSpan.FromMinutes(1)),
            history.Alert("liam", AuditActions.BulkFailed, week - TimeSpan.FromHours(1)),
            history.Alert("liam", AuditActions.BulkFailed, week + TimeSpan.FromHours(10)),
            history.Alert("noor", AuditActions.MailFailed, week - TimeSpan.FromHours(1)) with { Alert = false },
            history.Alert("noor", AuditActions.MailFailed, week + TimeSpan.FromHours(1)) with { Alert = false });

        var alerts = (await history.ReadAsync<TenantOverview>("overview")).Alerts!;

        Assert.Equal(3, alerts.Kinds.Sum(kind => kind.Week));
        Assert.Equal(3, await ListedAsync("alert=true"));
        Assert.Equal(1, alerts.Mails!.Week);
        Assert.Equal(1, await ListedAsync("action=mail.failed"));
        foreach (var kind in alerts.Kinds)
        {
            Assert.Equal(kind.Week, await ListedAsync($"alert=true&action={kind.Action}"));
        }

        async Task<int> ListedAsync(string filter)
        {
            var from = alerts.WeekFrom.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            var answer = await cloud.Api.SendAsync(history.Token("Audit.Read"), HttpMethod.Get, $"audit?{filter}&from={Uri.EscapeDataString(from)}&pageSize=50");
            return JsonSerializer.Deserialize<AuditEntryList>(answer.Text, AdminClient.Json)!.Entries.Count;
        }
    }

    [Fact]
    public async Task I14_Whatever_a_tenant_has_the_overview_costs_six_requests_and_says_that_there_is_more()
    {
        var history = new TenantHistory(cloud);
        var minutes = Enumerable.Range(1, 130).Select(number => TimeSpan.FromMinutes(number)).ToArray();
        await history.StoreAsync(
        [
            .. minutes.Select(ago => history.Operation("maria", OperationStatus.Running, ago)),
            .. minutes.Select(ago => history.Operation("maria", OperationStatus.Failed, ago)),
            .. minutes.Select(ago => history.Revocation("maria", ago)),
            .. Enumerable.Range(0, 130).Select(number => Approval(history, $"{number}")),
            .. Enumerable.Range(0, 20).Select(_ => Bulk(history, BulkState.Paused)),
            .. Enumerable.Range(0, 520).Select(number => history.Alert("maria", AuditActions.SignInNotMe, TimeSpan.FromHours(number / 2))),
        ]);
        await history.StoreAsync(minutes.Select((_, index) => history.Claim($"user-{index}", hours: index < 3 ? 1 : 20)));

        var overview = await history.ReadAsync<TenantOverview>("overview");

        var many = new Tally(Tally.Most, HasMore: true);
        Assert.Equal(new OperationTallies(many, many), overview.Operations);
        Assert.Equal(
            (many, None, None, many), (overview.Failures!.Operations, overview.Failures.LockedClaims, overview.Failures.Events, overview.Failures.Approvals));
        Assert.Equal(many, overview.Removals!.Total);
        Assert.Equal(history.Now - minutes[^1], overview.Removals.Oldest!.BlockedAt);
        Assert.Equal(new ClaimTallies(many, new(3, false)), overview.Claims);
        Assert.Equal((AlertTallies.Most, false, true), (overview.Alerts!.Kinds.Single().Month, overview.Alerts.WeekHasMore, overview.Alerts.MonthHasMore));
        var cost = await history.CostAsync("overview");
        Assert.Equal(6, cost.Count("query"));
        Assert.True(cost.Database.Count <= 6, string.Join(", ", cost.Database));
    }

    [Fact]
    public async Task Where_many_failures_of_one_kind_hide_those_of_another_each_number_says_that_there_may_be_more()
    {
        var history = new TenantHistory(cloud);
        await history.StoreAsync(
            [.. Enumerable.Range(0, 420).Select(number => history.Operation("a", OperationStatus.Failed)), history.Claim("b", ClaimState.Locked)]);

        var overview = await history.ReadAsync<TenantOverview>("overview");
        var failures = overview.Failures!;

        Assert.Equal(new Tally(Tally.Most, HasMore: true), failures.Operations);
        Assert.True(failures.LockedClaims.HasMore && failures.Events.HasMore && failures.Approvals.HasMore);
        Assert.True(overview.BulkOperations is { Running.HasMore: true, Paused.HasMore: true, Failed.HasMore: true });
    }

    [Fact]
    public async Task A_part_that_cannot_be_read_is_left_out_and_when_none_can_the_overview_is_unavailable()
    {
        var history = new TenantHistory(cloud);
        await history.StoreAsync(history.Operation("maria", OperationStatus.Failed), history.Claim("maria"));
        using (cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Status = 503, Times = 1 }))
        {
            var overview = await history.ReadAsync<TenantOverview>("overview");
            object?[] parts = [overview.Operations, overview.Failures, overview.Removals, overview.Claims, overview.Alerts];
            Assert.Single(parts, part => part is null);
            Assert.True(overview.Failures?.Operations.Count is null or 1);
            Assert.Equal(overview.Failures is null, overview.BulkOperations is null);
            Assert.True(overview.Claims?.Open.Count is null or 1);
        }

        using (cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Status = 503 }))
        {
            (await history.AskAsync("overview")).Problem(503, ProblemCodes.Unavailable);
        }
    }

    [Fact]
    public async Task I9_Nothing_of_another_tenant_is_counted_and_only_readers_look()
    {
        var (ours, theirs) = (new TenantHistory(cloud), new TenantHistory(cloud));
        await ours.StoreAsync(
            ours.User("maria"), ours.Operation("maria", OperationStatus.Failed), ours.Operation("maria"), ours.Revocation("maria"), ours.Claim("maria"), Approval(ours, "1"),
            Bulk(ours, BulkState.Running),
            ours.Alert("maria", AuditActions.KeyInUseRefused));

        var overview = await theirs.ReadAsync<TenantOverview>("overview");

        Assert.Equal((None, None, None, None), (overview.Operations!.UnderWay, overview.Failures!.Operations, overview.Removals!.Total, overview.Claims!.Open));
        Assert.Equal(None, overview.Failures.Approvals);
        Assert.Equal(new BulkTallies(None, None, None), overview.BulkOperations);
        Assert.Empty(overview.Alerts!.Kinds);
        foreach (var path in new[] { "overview", "operations", "operations.csv", "sign-ins", "sign-ins.csv", "revocations" })
        {
            (await cloud.Api.SendAsync(ours.Token("Audit.Read"), HttpMethod.Get, path)).Problem(403, ProblemCodes.Forbidden);
            (await cloud.Api.SendAsync(HttpMethod.Get, path)).Problem(401, ProblemCodes.Unauthenticated);
        }
    }

    private static ApprovalDocument Approval(TenantHistory history, string id) => new()
    {
        Id = ApprovalDocument.IdOf(id),
        TenantId = history.Tenant,
        UserId = "maria",
        ApprovalId = id,
        Action = "remove-device",
        Role = "Devices.Manage",
        Summary = "Remove a device of Maria Lopez",
        RequestedBy = new ApprovingPerson("alice", "Alice Adams", null),
        RequestedAt = history.Now.AddMinutes(-5),
        ExpiresAt = history.Now.AddMinutes(55),
    };

    private static BulkDocument Bulk(TenantHistory history, BulkState state)
    {
        var id = Guid.NewGuid().ToString("N");
        return new BulkDocument
        {
            Id = BulkDocument.IdOf(id),
            TenantId = history.Tenant,
            UserId = BulkDocument.KeyOf(history.Tenant).UserId,
            BulkOperationId = id,
            Kind = BulkKind.Unregister,
            Status = state,
            CreatedAt = history.Now,
            UpdatedAt = history.Now,
            RequestedBy = AuditActor.System("test"),
            Fingerprint = "f",
            Plan = new PlanState(),
            Progress = ProgressState.None,
        };
    }

    private static EventDocument Event(TenantHistory history, EventDeliveryState state)
    {
        var id = EventDocument.NewId(history.Now, Guid.NewGuid().ToString("N"), 0, new string('0', 32));
        return new EventDocument
        {
            Id = EventDocument.IdOf(id),
            TenantId = history.Tenant,
            UserId = "~stream-1",
            EventId = id,
            EventType = "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
            State = state,
            CreatedAt = history.Now,
            Claims = "{}",
        };
    }
}
