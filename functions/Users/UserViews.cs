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
        user.Epoch)
    {
        State = user.State(),
        Department = user.ShownDepartment(),
    };

    /// <summary>The department; null when there is none.</summary>
    public static string? ShownDepartment(this UserDocument user) => user.Department is { Length: > 0 } department ? department.Shown() : null;

    /// <summary>Where the person stands. What an administrator or a directory decided comes before what the phones did.</summary>
    public static UserState State(this UserDocument user) => user switch
    {
        { LeftAt: not null } => UserState.Left,
        { Suspension: not null } => UserState.Suspended,
        { DidState: DidState.Active } => UserState.Active,
        { DidState: DidState.Resetting } => UserState.Resetting,
        { Epoch: > 1 } => UserState.Unregistered,
        _ => UserState.Invited,
    };

    public static DidDetails ToDetails(this DidRecord record) => new(record.Did)
    {
        From = record.From,
        DeviceId = record.DeviceId,
        DeviceName = record.DeviceName?.Shown(),
        To = record.To,
        EndedBy = record.EndedBy?.Shown(),
        Reason = record.Reason?.Shown(),
        OperationId = record.OperationId,
    };

    public static SuspensionDetails ToDetails(this Suspension suspension) => new(
        suspension.At, suspension.By.Shown(), suspension.Reason.Shown(), suspension.Kind == AuditActorKinds.Directory);

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
