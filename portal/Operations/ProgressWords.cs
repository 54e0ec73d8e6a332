using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Operations;

/// <summary>What is under way for a user, in one sentence, and which operations that is.</summary>
internal static class ProgressWords
{
    private static readonly TimeSpan ShownFor = TimeSpan.FromHours(24);

    /// <summary>The operations that the page shows on top: open, failed, with a push still to be sent, and the newest of the last day.</summary>
    public static IReadOnlyList<OperationDetails> Current(UserDetails user, DateTimeOffset now) =>
        [.. user.Operations.Where((operation, index) => IsOpen(operation, user) || (index == 0 && IsRecent(operation, now)))];

    /// <summary>Removed devices whose operation is not shown on top.</summary>
    public static IReadOnlyList<RevocationDetails> Earlier(UserDetails user, DateTimeOffset now)
    {
        var current = Current(user, now).Select(operation => operation.OperationId).ToHashSet();
        return [.. user.Revocations.Where(revocation => !current.Contains(revocation.OperationId))];
    }

    public static IReadOnlyList<RevocationDetails> RevocationsOf(UserDetails user, OperationDetails operation) =>
        [.. user.Revocations.Where(revocation => revocation.OperationId == operation.OperationId)];

    /// <summary>Such as <c>3 devices blocked. 2 confirmed, 1 not confirmed yet.</c></summary>
    public static string Summary(IReadOnlyList<RevocationDetails> revocations)
    {
        if (revocations.Count == 0)
        {
            return "No device had to be blocked.";
        }

        var confirmed = revocations.Count(revocation => revocation.State == RevocationState.Confirmed);
        var learned = revocations.Count(revocation => revocation.State == RevocationState.LearnedAtNextOpen);
        var open = revocations.Count - confirmed - learned;
        string[] parts =
        [
            .. confirmed > 0 ? [$"{Plural.Number(confirmed)} confirmed by the device"] : Array.Empty<string>(),
            .. learned > 0 ? [$"{Plural.Number(learned)} learned at next open"] : Array.Empty<string>(),
            .. open > 0 ? [$"{Plural.Number(open)} not confirmed yet"] : Array.Empty<string>(),
        ];
        return $"{Plural.Of(revocations.Count, "device")} blocked: {string.Join(", ", parts)}.";
    }

    /// <summary>What the page has no room for; null when it lists everything.</summary>
    public static string? More(UserDetails user)
    {
        string[] parts =
        [
            .. user.MoreOperations > 0 ? [Plural.Of(user.MoreOperations, "older operation")] : Array.Empty<string>(),
            .. user.MoreRevocations > 0 ? [$"{Plural.Of(user.MoreRevocations, "device")} removed earlier"] : Array.Empty<string>(),
        ];
        return parts is []
            ? null
            : $"{string.Join(" and ", parts)} {(user.MoreOperations + user.MoreRevocations == 1 ? "is" : "are")} not listed here. See “What happened” for all of them.";
    }

    /// <summary>What a screen reader says when something moved: the newest operation only.</summary>
    public static string Announce(UserDetails user)
    {
        if (user.Operations is not [var newest, ..])
        {
            return "";
        }

        var status = OperationWords.Status(newest).Text;
        var title = OperationWords.Title(newest, user);
        return newest.Kind is OperationKind.Enrollment or OperationKind.RemoveAccounts || newest.Status == OperationStatus.Withdrawn
            ? $"{title}: {status}."
            : $"{title}: {status}. {Summary(RevocationsOf(user, newest))}";
    }

    private static bool IsRecent(OperationDetails operation, DateTimeOffset now) =>
        (operation.FinishedAt ?? operation.RequestedAt) > now - ShownFor;

    private static bool IsOpen(OperationDetails operation, UserDetails user) =>
        operation.Status is not (OperationStatus.Succeeded or OperationStatus.Withdrawn)
        || RevocationsOf(user, operation).Any(revocation => revocation.Push is RevokePushState.Queued or RevokePushState.Retrying);
}
