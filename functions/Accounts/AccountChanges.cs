using BlokSec.Functions.Identities;
using BlokSec.Functions.SignIns;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Accounts;

/// <summary>What every change of a user's accounts writes beside the accounts: their number and version, in the user's and the phones' documents.</summary>
internal static class AccountChanges
{
    /// <summary>
    /// A phone that enrolls or is restored can be faster than a change once, see <see cref="Write"/>; so this many attempts are more than all phones
    /// together can make fail.
    /// </summary>
    public const int MaxAttempts = (2 * UserDocument.MaxDevices) + IdentityStore.MaxAttempts;

    /// <summary>Sign-ins that one change ends.</summary>
    public const int MaxPendingSignIns = 30;

    /// <summary>Documents that a change reads at most: user, operation, devices, and many more sign-ins than wait.</summary>
    public const int MaxConcerned = 500;

    /// <summary>What a change has to read: the user, the active devices and the pending sign-ins.</summary>
    public const string Concerned =
        $"""
        c.id = 'user' OR (c.type = 'device' AND {DeviceDocument.NotRevoked})
        OR (c.type = 'authenticationRequest' AND c.status = 'pending')
        """;

    /// <summary>
    /// Writes how many accounts there are from now on, and their next version. The user must be as it was read: a phone that enrolled since
    /// then would keep the earlier version for good.
    /// </summary>
    /// <param name="batch">The transaction.</param>
    /// <param name="user">The user as it was read.</param>
    /// <param name="devices">The user's active devices.</param>
    /// <param name="more">How many accounts more there are.</param>
    /// <param name="further">What else changes in the user's document.</param>
    /// <returns>The user from then on, without its ETag.</returns>
    public static UserDocument Write(
        PartitionBatch batch, UserDocument user, IEnumerable<DeviceDocument> devices, int more, params IReadOnlyList<PatchOperation> further)
    {
        var after = user with { AccountCount = Math.Max(0, user.AccountCount + more), AccountsVersion = user.AccountsVersion + 1 };
        batch.Patch(
            user,
            [PatchOperation.Set("/accountCount", after.AccountCount), PatchOperation.Set("/accountsVersion", after.AccountsVersion), .. further]);
        foreach (var device in devices.Where(device => device.State == DeviceState.Active))
        {
            batch.Patch(device.Id, DeviceDocument.IsActive, PatchOperation.Set("/accountsVersion", after.AccountsVersion));
        }

        return after;
    }

    /// <summary>Removes an account, whatever its document holds. That it was there is known for a while, see <see cref="AccountDocument.RemovedType"/>.</summary>
    public static void Remove(PartitionBatch batch, string documentId) => batch.Patch(
        documentId,
        AccountDocument.IsThere,
        PatchOperation.Set("/type", AccountDocument.RemovedType),
        PatchOperation.Set("/ttl", AccountDocument.RemovedRetentionSeconds),
        PatchOperation.Set<string?>("/did", null));

    /// <summary>Ends the sign-ins that wait for accounts which are removed.</summary>
    /// <param name="batch">The transaction.</param>
    /// <param name="pending">Sign-ins that were read.</param>
    /// <param name="isRemoved">Whether the account with these ids of application and account is removed.</param>
    /// <param name="now">The time.</param>
    public static void EndSignIns(
        PartitionBatch batch, IEnumerable<AuthenticationRequestDocument> pending, Func<string, string, bool> isRemoved, DateTimeOffset now)
    {
        foreach (var request in Waiting(pending, isRemoved, now))
        {
            WaitingSignIns.End(batch, request.Id, now);
        }
    }

    /// <summary>The sign-ins that wait for such accounts, the newest first, as many as one change ends.</summary>
    public static IEnumerable<AuthenticationRequestDocument> Waiting(
        IEnumerable<AuthenticationRequestDocument> pending, Func<string, string, bool> isRemoved, DateTimeOffset now) => pending
        .Where(request => request.WaitsAt(now) && request.AccountId is { } accountId && isRemoved(request.ApplicationId, accountId))
        .OrderByDescending(request => request.IssuedAt)
        .Take(MaxPendingSignIns);
}
