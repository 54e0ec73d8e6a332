using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>What administrators see of a user: never a push handle or a public key.</summary>
internal static class UserViews
{
    public static UserSummary ToSummary(this UserDocument user) => new(
        user.UserId,
        user.GivenName,
        user.FamilyName,
        user.Email,
        user.Mobile,
        user.AccountCount,
        user.DeviceCount,
        user.CreatedAt,
        user.DidState,
        user.Epoch);

    public static DeviceDetails ToDetails(this DeviceDocument device, UserDocument user, DateTimeOffset now) => new(
        device.DeviceId,
        device.Name.Shown(),
        device.Model.Shown(),
        device.Platform,
        device.OsVersion.Shown(),
        device.AppVersion.Shown(),
        device.RegisteredAt,
        device.LastActiveAt,
        IsActive: device.DeviceId == user.ActiveDeviceId,
        device.PushStatusAt(now),
        device.PushReason,
        CanBecomeActive: device.PushHandle is not null,
        device.Epoch)
    {
        PushSeenAt = device.PushSeenAt,
        FactsAt = device.FactsAt,
        ClockOffset = device.ClockOffset,
    };
}
