using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>
/// What is asked of a user that stands in other documents of the partition: phones write there, so that they never contend with administrators
/// for the user's. The database joins no documents: one query finds whom it may hold for, a second one reads what decides.
/// </summary>
/// <param name="Find">Over <c>c</c>: documents of all users for whom it holds, and perhaps of others.</param>
/// <param name="Read">Over <c>c</c>: the user's documents that decide; null when one that <paramref name="Find"/> finds decides.</param>
/// <param name="Parameters">Values of parameters.</param>
/// <param name="Holds">Whether it holds, by what was read.</param>
internal sealed record UserFact(
    string Find, string? Read, IReadOnlyList<(string Name, object Value)> Parameters, Func<PartitionSnapshot, bool> Holds)
{
    /// <summary>A claim that can be redeemed; needs <c>@now</c>.</summary>
    private const string IsOpen = "c.type = 'claim' AND c.state = 'open' AND c.expiresAt > @now";

    /// <summary>A registered device: what a list in the order of the last activity requires.</summary>
    public static UserFact HasDevice { get; } = new(DeviceConditions.IsRegistered, DeviceConditions.IsRegistered, [], user => user.Devices.Count > 0);

    /// <summary>The facts that a query asks for. Accounts come first: of all of these, only they may be too many to be read for each user.</summary>
    public static IEnumerable<UserFact> Of(UserQuery query, DateTimeOffset now)
    {
        if (query.Application is { } application)
        {
            yield return new("c.type = 'account' AND c.applicationId = @application", null, [("@application", application)], user => user.Accounts.Count > 0);
        }

        if (query.Claim is { } claim)
        {
            yield return OfClaim(claim, now);
        }

        if (query.UnconfirmedRemoval is not null)
        {
            yield return new(
                "c.type = 'revocation' AND NOT IS_STRING(c.confirmedAt) AND NOT IS_STRING(c.learnedAt)", null, [], user => user.Revocations.Count > 0);
        }

        if (query.UnusedDays is { } days)
        {
            var before = now.AddDays(-days);
            yield return new(
                $"{DeviceConditions.IsRegistered} AND c.lastActiveAt < @unused",
                DeviceConditions.IsRegistered,
                [("@unused", before)],
                user => user.Devices.Count > 0 && user.Devices.TrueForAll(device => device.LastActiveAt < before));
        }

        if (query.Push is { } name)
        {
            var push = Enum.Parse<PushStatus>(name, ignoreCase: true);
            yield return new(
                $"{DeviceConditions.IsRegistered} AND {DeviceConditions.HasPush(push)}",
                DeviceConditions.IsRegistered,
                [.. DeviceConditions.Parameters(push, now)],
                user => user.User?.ActiveDeviceId is { } active && user.Device(active)?.PushStatusAt(now) == push);
        }
    }

    /// <summary>As the overview counts claims.</summary>
    private static UserFact OfClaim(string claim, DateTimeOffset now) => claim switch
    {
        "locked" => new("c.type = 'claim' AND c.state = 'locked'", null, [], user => user.Claim is not null),
        "expiring" => new(
            $"{IsOpen} AND c.expiresAt <= @expiring", null, [("@now", now), ("@expiring", now.AddHours(ClaimTallies.ExpiringHours))], user => user.Claim is not null),
        _ => new(IsOpen, null, [("@now", now)], user => user.Claim is not null),
    };
}
