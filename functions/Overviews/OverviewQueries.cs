using System.Globalization;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Users;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Overviews;

/// <summary>
/// The parts of the overview: a query each that reads a bounded number of small rows, whatever the tenant has. What is beyond the bound is said to be
/// more, and never counted.
/// </summary>
internal sealed class OverviewQueries(IdentityStore identities, UserNames users, IOptions<ResumeOptions> options)
{
    /// <summary>One more than is counted tells that there is more.</summary>
    private const int Enough = Tally.Most + 1;

    private const int Week = 7;

    private const int Month = 30;

    /// <summary>Those that moved longest ago come first: whatever is stalled is among what is read.</summary>
    public async Task<OperationTallies> OperationsAsync(string tenantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await FirstAsync(
            tenantId,
            "SELECT c.status, c.updatedAt, c.resumes FROM c WHERE c.tenantId = @tenantId AND c.type = 'operation' "
            + $"AND {OperationFilter.UnderWay} ORDER BY c.updatedAt",
            [],
            Enough,
            cancellationToken);
        var stalled = found.Count(operation => OperationFilter.IsStalled(
            Text(operation, "status") == "running" ? OperationStatus.Running : OperationStatus.NotStarted,
            Time(operation, "updatedAt") ?? now,
            Number(operation, "resumes"),
            options.Value,
            now));
        return new OperationTallies(Of(found.Count, found.Count), Of(stalled, found.Count));
    }

    /// <summary>What waits for somebody, and bulk operations. There are few of them; when there are more than is read, each number may be too small.</summary>
    public async Task<Waiting> WaitingAsync(string tenantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const int most = 4 * Tally.Most;
        var found = await FirstAsync(
            tenantId,
            "SELECT c.type, c.status FROM c WHERE c.tenantId = @tenantId AND ((c.type = 'operation' AND c.status = 'failed') "
            + "OR (c.type = 'claim' AND c.state = 'locked') OR (c.type = 'event' AND c.state = 'givenUp') "
            + "OR (c.type = 'bulkOperation' AND c.status IN ('running', 'paused', 'failed')) "
            + "OR (c.type = 'approval' AND NOT IS_DEFINED(c.isApproved) AND c.expiresAt > @now))",
            [("@now", now)],
            most + 1,
            cancellationToken);
        return new Waiting(
            new FailureTallies(Count("operation"), Count("claim"), Count("event"), Count("approval")),
            new BulkTallies(Count("bulkOperation", "running"), Count("bulkOperation", "paused"), Count("bulkOperation", "failed")));

        Tally Count(string type, string? status = null)
        {
            var count = found.Count(document => Text(document, "type") == type && (status is null || Text(document, "status") == status));
            return new Tally(Math.Min(count, Tally.Most), count > Tally.Most || found.Count > most);
        }
    }

    /// <summary>Those that wait longest come first. The name of the oldest one's user is a query more.</summary>
    public async Task<UnconfirmedRemovals> RemovalsAsync(string tenantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await FirstAsync(
            tenantId,
            "SELECT c.userId, c.deviceId, c.name, c.blockedAt, c.push, c.pushReason, c.handleKeptUntil, c.timeline FROM c WHERE c.tenantId = @tenantId "
            + $"AND c.type = 'revocation' AND {ListRevocations.Unconfirmed} ORDER BY c.blockedAt",
            [],
            Enough,
            cancellationToken);
        return new UnconfirmedRemovals(Of(found.Count, found.Count), found is [var oldest, ..] ? await OldestAsync(tenantId, oldest, now, cancellationToken) : null);
    }

    /// <summary>Those that expire first come first.</summary>
    public async Task<ClaimTallies> ClaimsAsync(string tenantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await FirstAsync(
            tenantId,
            "SELECT c.expiresAt FROM c WHERE c.tenantId = @tenantId AND c.type = 'claim' AND c.state = 'open' AND c.expiresAt > @now ORDER BY c.expiresAt",
            [("@now", now)],
            Enough,
            cancellationToken);
        var expiring = found.Count(claim => Time(claim, "expiresAt") <= now.AddHours(ClaimTallies.ExpiringHours));
        return new ClaimTallies(Of(found.Count, found.Count), Of(expiring, found.Count));
    }

    /// <summary>The newest come first. A mail that cannot be sent is no alert of the audit, yet somebody was not told.</summary>
    public async Task<AlertTallies> AlertsAsync(string tenantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await FirstAsync(
            tenantId,
            "SELECT c.at, c.action, c.alert FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND (c.alert = true OR c.action = 'mail.failed') "
            + "AND c.id >= @since ORDER BY c.id DESC",
            [("@since", string.Create(CultureInfo.InvariantCulture, $"audit:{now.AddDays(-Month).ToUnixTimeMilliseconds():x12}"))],
            AlertTallies.Most + 1,
            cancellationToken);
        // The audit lists from a whole millisecond on.
        var (isCut, week) = (found.Count > AlertTallies.Most, DateTimeOffset.FromUnixTimeMilliseconds(now.AddDays(-Week).ToUnixTimeMilliseconds()));
        var kinds = found
            .Take(AlertTallies.Most)
            .Select(entry => (Action: Text(entry, "action"), At: Time(entry, "at"), IsAlert: Is(entry, "alert")))
            .Where(entry => entry is { Action: not null, At: not null })
            .GroupBy(entry => (entry.IsAlert, Action: entry.Action!), entry => entry.At!.Value)
            .Select(kind => (kind.Key.IsAlert, Tally: new AlertTally(kind.Key.Action, kind.Count(at => at >= week), kind.Count(), kind.Max())))
            .OrderByDescending(kind => kind.Tally.Week)
            .ThenByDescending(kind => kind.Tally.LastAt)
            .ToList();
        return new AlertTallies(
            week, [.. kinds.Where(kind => kind.IsAlert).Select(kind => kind.Tally)], isCut && Time(found[^1], "at") >= week, isCut)
        {
            Mails = kinds.Find(kind => !kind.IsAlert).Tally,
        };
    }

    private async Task<OldestRemoval> OldestAsync(string tenantId, JsonElement removal, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var userId = Text(removal, "userId")!;
        var named = await users.ReadAsync(tenantId, [userId], cancellationToken);
        return new OldestRemoval(
            named[userId],
            Text(removal, "deviceId") ?? "",
            (Text(removal, "name") ?? "").Shown(),
            Time(removal, "blockedAt") ?? now,
            Enum.TryParse<RevokePushState>(Text(removal, "push"), ignoreCase: true, out var push) ? push : RevokePushState.GivenUp,
            Text(removal, "pushReason"),
            Time(removal, "handleKeptUntil") > now)
        {
            LastPushAt = Last(what => what.StartsWith("Push", StringComparison.Ordinal)) is { } pushed ? Time(pushed, "at") : null,
            NudgedBy = Last(what => what == "Nudged") is { } nudged ? Text(nudged, "detail")?.Shown() : null,
        };

        JsonElement? Last(Func<string, bool> isMeant) => removal.TryGetProperty("timeline", out var timeline) && timeline.ValueKind == JsonValueKind.Array
            ? timeline.EnumerateArray()
                .Where(entry => entry.ValueKind == JsonValueKind.Object && Text(entry, "what") is { } what && isMeant(what))
                .Select(entry => (JsonElement?)entry)
                .LastOrDefault()
            : null;
    }

    private Task<IReadOnlyList<JsonElement>> FirstAsync(
        string tenantId, string query, IEnumerable<(string Name, object Value)> parameters, int most, CancellationToken cancellationToken) =>
        identities.TenantFirstAsync<JsonElement>(tenantId, query, parameters, most, cancellationToken);

    /// <param name="count">How many of a kind were found.</param>
    /// <param name="read">How many were read, those of other kinds included.</param>
    private static Tally Of(int count, int read) => new(Math.Min(count, Tally.Most), count > Tally.Most || (count == read && read > Tally.Most));

    /// <summary>A row of a document that cannot be read whole counts all the same.</summary>
    private static string? Text(JsonElement row, string member) =>
        row.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Is(JsonElement row, string member) => row.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.True;

    private static int Number(JsonElement row, string member) =>
        row.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;

    private static DateTimeOffset? Time(JsonElement row, string member) =>
        DateTimeOffset.TryParse(Text(row, member), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>What one query finds.</summary>
    internal sealed record Waiting(FailureTallies Failures, BulkTallies BulkOperations);
}
