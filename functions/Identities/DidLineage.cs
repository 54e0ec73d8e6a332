namespace BlokSec.Functions.Identities;

/// <summary>A DID of a user: from when to when, and why it ended.</summary>
/// <param name="Did">The DID.</param>
internal sealed record DidRecord(string Did)
{
    /// <summary>When it was bound; null when that was before it was recorded.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The device that it was enrolled with.</summary>
    public string? DeviceId { get; init; }

    /// <summary>That device's name.</summary>
    public string? DeviceName { get; init; }

    /// <summary>When it was reset, never to come back; null while it is the user's.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Who asked for the reset.</summary>
    public string? EndedBy { get; init; }

    /// <summary>Why, in their words.</summary>
    public string? Reason { get; init; }

    /// <summary>The operation that reset it.</summary>
    public string? OperationId { get; init; }
}

/// <summary>The DIDs of a user, oldest first. Pure.</summary>
internal static class DidLineage
{
    /// <summary>DIDs that a user's document remembers; what happened to earlier ones is in the audit.</summary>
    public const int MaxDids = 20;

    /// <summary>All that is known of the user's DIDs: with the present one and retired ones of documents that did not record them.</summary>
    public static IReadOnlyList<DidRecord> Of(UserDocument user) =>
    [
        .. user.RetiredDids.Where(did => !user.Dids.Any(known => known.Did == did)).TakeLast(MaxDids).Select(did => new DidRecord(did)),
        .. user.Dids,
        .. user.Did is { } present && !user.Dids.Any(known => known.Did == present) ? [new DidRecord(present)] : (DidRecord[])[],
    ];

    /// <summary>With a DID that is bound now.</summary>
    public static IReadOnlyList<DidRecord> Bound(UserDocument user, string did, DeviceDocument device, DateTimeOffset at) =>
        Latest([.. user.Dids, new DidRecord(did) { From = at, DeviceId = device.DeviceId, DeviceName = device.Name }]);

    /// <summary>With the present DID ended.</summary>
    public static IReadOnlyList<DidRecord> Ended(UserDocument user, string by, string? reason, string operationId, DateTimeOffset at)
    {
        DidRecord[] known = user.Did is { } present && !user.Dids.Any(record => record.Did == present) ? [.. user.Dids, new DidRecord(present)] : [.. user.Dids];
        return Latest([.. known.Select(record => record.To is null
            ? record with { To = at, EndedBy = by, Reason = reason, OperationId = operationId }
            : record)]);
    }

    private static DidRecord[] Latest(DidRecord[] records) => records.Length <= MaxDids ? records : records[^MaxDids..];
}
