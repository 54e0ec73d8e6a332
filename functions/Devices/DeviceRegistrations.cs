using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Push;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Devices;

/// <summary>Makes the documents of a phone that enrolls, by claim or from a backup.</summary>
internal static class DeviceRegistrations
{
    public static DeviceDocument Document(UserDocument user, DeviceProof proof, DeviceRegistration device, DateTimeOffset now) => new()
    {
        Id = DeviceDocument.IdOf(proof.DeviceId),
        TenantId = user.TenantId,
        UserId = user.UserId,
        DeviceId = proof.DeviceId,
        Name = device.Name,
        Model = device.Model,
        Platform = device.Platform,
        OsVersion = device.OsVersion,
        AppVersion = device.AppVersion,
        PublicKey = proof.PublicKey,
        PushHandle = Handle(device.PushHandle, now),
        PushStatus = device.PushHandle is null ? PushStatus.None : PushStatus.Receiving,
        LastActiveAt = now,
        RegisteredAt = now,
        Epoch = user.Epoch,
        AccountsVersion = user.AccountsVersion,
        State = DeviceState.Active,
    };

    public static PushHandle? Handle(PushHandleRegistration? handle, DateTimeOffset now) =>
        handle is null ? null : new PushHandle(handle.Kind, handle.Value, handle.Environment, now);

    /// <summary>The user with one device more; it becomes the active one if none is.</summary>
    public static UserDocument With(this UserDocument user, DeviceDocument device) => user with
    {
        DeviceCount = user.DeviceCount + 1,
        ActiveDeviceId = user.ActiveDeviceId ?? (device.PushHandle is null ? null : device.DeviceId),
    };

    public static EnrolledDevice Enrolled(UserDocument user, DeviceDocument device) =>
        new(user.TenantId, user.UserId, device.DeviceId, user.Did!, device.Epoch, device.RegisteredAt);

    public static ProofDocument Used(DeviceProof proof) => new()
    {
        Id = ProofDocument.IdOf(proof.DeviceId, proof.Jti),
        TenantId = proof.TenantId,
        UserId = proof.UserId,
    };
}
