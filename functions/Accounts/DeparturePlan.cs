using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.SignIns;

namespace BlokSec.Functions.Accounts;

/// <summary>What a departure touches, as the administrator sees it before, and its hash, by which it is known to be still so.</summary>
internal static class DeparturePlan
{
    /// <param name="snapshot">What <see cref="AccountChanges.Concerned"/> found.</param>
    /// <param name="user">The user.</param>
    /// <param name="applications">The accounts, by application.</param>
    /// <param name="now">The time.</param>
    public static DeparturePlanDetails Of(
        PartitionSnapshot snapshot, UserDocument user, IReadOnlyList<PlannedApplication> applications, DateTimeOffset now) => new(
        Hash(user, applications),
        ConfirmationPhrases.RemoveAccounts,
        applications,
        applications.Sum(application => application.Accounts),
        [.. AccountChanges.Waiting(snapshot.AuthenticationRequests, (_, _) => true, now).Select(request => request.ToDetails(now))],
        snapshot.Devices.Count(device => device.State == DeviceState.Active));

    /// <summary>Hashes what is decided: which accounts there are. Sign-ins and devices come and go, and change nothing about it.</summary>
    public static string Hash(UserDocument user, IReadOnlyList<PlannedApplication> applications) => RequestIds.Fingerprint(
        [
            user.AccountsVersion.ToString(CultureInfo.InvariantCulture),
            .. applications
                .OrderBy(application => application.ApplicationId, StringComparer.Ordinal)
                .SelectMany(application => new[] { application.ApplicationId, application.Accounts.ToString(CultureInfo.InvariantCulture) }),
        ]);
}
