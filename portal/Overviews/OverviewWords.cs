using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Overviews;

/// <summary>The overview in plain words.</summary>
internal static class OverviewWords
{
    /// <summary>Such as <c>7</c> or <c>100+</c>.</summary>
    public static string Number(Tally tally) => Number(tally.Count, tally.HasMore);

    /// <inheritdoc cref="Number(Tally)"/>
    public static string Number(int count, bool hasMore) => $"{Plural.Number(count)}{(hasMore ? "+" : "")}";

    /// <summary>Whether there is anything, or may be.</summary>
    public static bool IsSome(Tally? tally) => tally is { Count: > 0 } or { HasMore: true };

    /// <summary>The noun after a number: in the plural where there may be more than one.</summary>
    public static string Noun(Tally tally, string one, string? many = null) => tally is { Count: 1, HasMore: false } ? one : many ?? $"{one}s";

    /// <summary>A kind of alert, for whoever never read the audit.</summary>
    public static string Alert(string action) => action switch
    {
        AuditActions.KeyInUseRefused => "A key that belongs to another user was tried",
        AuditActions.RetiredDidUsed => "An identity that was reset was tried again",
        AuditActions.ClaimUsedAgain => "A claim QR code was used again by another phone",
        AuditActions.ClaimLocked => "A claim was locked after wrong codes",
        AuditActions.SignInNotMe => "A user answered “it was not me”",
        AuditActions.SignInsHeldBack => "Sign-in requests came so often that they were held back (push bombing)",
        AuditActions.SignInWrongNumber => "A sign-in was denied after wrong numbers",
        AuditActions.DeviceReportedLost => "A user reported a phone as lost",
        AuditActions.OperationFailed => "An operation failed",
        AuditActions.BulkFailed => "A bulk operation cannot continue",
        AuditActions.DocumentUnreadable => "A stored document could not be read",
        AuditActions.DocumentRepaired => "A damaged document was repaired",
        AuditActions.UserUnregistered => "A damaged user was unregistered and repaired",
        AuditActions.AuditBroken => "The audit was changed after it was sealed",
        _ => action,
    };

    /// <summary>Bulk operations that have not ended, whatever their status.</summary>
    public static Tally All(BulkTallies bulk) => new(
        bulk.Running.Count + bulk.Paused.Count + bulk.Failed.Count, bulk.Running.HasMore || bulk.Paused.HasMore || bulk.Failed.HasMore);

    public static string? Tone(BulkTallies bulk) => IsSome(bulk.Failed) ? "bad" : IsSome(bulk.Paused) ? "warn" : null;

    /// <summary>How many bulk operations have which status, and what it takes to continue.</summary>
    public static string Text(BulkTallies bulk)
    {
        var counts = string.Join(", ", new[] { Part(bulk.Running, "under way"), Part(bulk.Paused, "paused"), Part(bulk.Failed, "failed") }.OfType<string>());
        return IsSome(bulk.Paused) || IsSome(bulk.Failed) ? $"{counts}. Whatever is paused or failed waits until somebody resumes or stops it." : $"{counts}.";
    }

    public static string Provider(string provider) => provider switch
    {
        "apns" => "Apple",
        "apns-sandbox" => "Apple, for test builds",
        "fcm" => "Google",
        _ => provider,
    };

    /// <summary>How a provider answers.</summary>
    public static (string Text, string Tone, string Icon) Health(PushProviderHealth health) => health switch
    {
        { HeldUntil: not null } => ("No pushes are sent for a moment", "bad", "Warning"),
        { LastOutcome: "misconfigured" } => ("Refuses us", "bad", "Warning"),
        { LastOutcome: "unavailable" or "throttled" } => ("Had trouble", "warn", "Warning"),
        { LastOutcome: null } => ("Not used yet", "", "Waiting"),
        _ => ("Answers", "good", "Check"),
    };

    /// <summary>Whether a provider is in trouble, as far as is known.</summary>
    public static bool IsInTrouble(PushProviderHealth health) => Health(health).Tone is "bad" or "warn";

    /// <summary>What a screen reader is told when it changes.</summary>
    public static string Said(TenantOverview overview) => string.Join(", ", new[]
    {
        Part(overview.Operations?.UnderWay, "operation under way", "operations under way"),
        Part(overview.Failures?.Operations, "failed operation", "failed operations"),
        Part(overview.BulkOperations?.Running, "bulk operation under way", "bulk operations under way"),
        Part(overview.BulkOperations?.Paused, "paused bulk operation", "paused bulk operations"),
        Part(overview.BulkOperations?.Failed, "failed bulk operation", "failed bulk operations"),
        Part(overview.Failures?.Approvals, "request for approval", "requests for approval"),
        Part(overview.Removals?.Total, "removal not confirmed", "removals not confirmed"),
        Part(overview.Claims?.Expiring, "claim about to expire", "claims about to expire"),
    }.OfType<string>()) is { Length: > 0 } said ? said : "Nothing needs you now";

    private static string? Part(Tally tally, string status) => IsSome(tally) ? $"{Number(tally)} {status}" : null;

    private static string? Part(Tally? tally, string one, string many) => IsSome(tally) ? $"{Number(tally!)} {Noun(tally!, one, many)}" : null;
}
