namespace BlokSec.Functions.Audit;

/// <summary>What audit entries tell.</summary>
internal static class AuditActions
{
    public const string DeviceRemoved = "device.removed";
    public const string UserUnregistered = "user.unregistered";
    public const string DevicesDeleted = "devices.deleted";
    public const string ActiveDeviceChanged = "active-device.changed";
    public const string PushChanged = "revocation.push-changed";
    public const string RemovalLearned = "revocation.learned-at-next-open";
    public const string RemovalConfirmed = "revocation.confirmed";
    public const string PushHandleChanged = "device.push-handle-changed";
    public const string DeviceEnrolled = "device.enrolled";
    public const string DeviceRestored = "device.restored";
    public const string ClaimCreated = "claim.created";
    public const string ClaimRenewed = "claim.renewed";
    public const string ClaimLocked = "claim.locked";
    public const string OperationFinished = "operation.finished";
    public const string OperationFailed = "operation.failed";
    public const string RetiredDidUsed = "retired-did.used";
}
