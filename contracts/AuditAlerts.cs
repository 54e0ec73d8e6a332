namespace BlokSec.Contracts;

/// <summary>The actions of <see cref="AuditActions"/> whose entries may be alerts: somebody has to look at them.</summary>
public static class AuditAlerts
{
    /// <summary>All of them, in the order of their names.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        AuditActions.AuditBroken,
        AuditActions.BulkFailed,
        AuditActions.ClaimLocked,
        AuditActions.ClaimUsedAgain,
        AuditActions.DeviceReportedLost,
        AuditActions.DocumentRepaired,
        AuditActions.DocumentUnreadable,
        AuditActions.KeyInUseRefused,
        AuditActions.OperationFailed,
        AuditActions.RetiredDidUsed,
        AuditActions.SignInsHeldBack,
        AuditActions.SignInNotMe,
        AuditActions.SignInWrongNumber,
    ];
}
