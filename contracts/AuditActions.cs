namespace BlokSec.Contracts;

/// <summary>What audit entries tell.</summary>
public static class AuditActions
{
    /// <summary>An administrator removed a device.</summary>
    public const string DeviceRemoved = "device.removed";

    /// <summary>An administrator unregistered all devices.</summary>
    public const string UserUnregistered = "user.unregistered";

    /// <summary>An administrator registered an application.</summary>
    public const string ApplicationCreated = "application.created";

    /// <summary>An administrator edited the name or the client id of an application.</summary>
    public const string ApplicationEdited = "application.edited";

    /// <summary>An administrator disabled an application.</summary>
    public const string ApplicationDisabled = "application.disabled";

    /// <summary>An administrator enabled an application again.</summary>
    public const string ApplicationEnabled = "application.enabled";

    /// <summary>An administrator added an account.</summary>
    public const string AccountCreated = "account.created";

    /// <summary>An administrator removed one account.</summary>
    public const string AccountRemoved = "account.removed";

    /// <summary>An administrator had several accounts removed, or those of an application.</summary>
    public const string AccountRemovalRequested = "accounts.removal-requested";

    /// <summary>An administrator had all accounts removed: the user leaves the organization.</summary>
    public const string DepartureRequested = "user.departure-requested";

    /// <summary>Accounts were removed, as an administrator had asked for.</summary>
    public const string AccountsRemoved = "accounts.removed";

    /// <summary>The documents of removed devices were deleted.</summary>
    public const string DevicesDeleted = "devices.deleted";

    /// <summary>An administrator invited a person.</summary>
    public const string UserInvited = "user.invited";

    /// <summary>A user came with a file that an administrator imported.</summary>
    public const string UserImported = "user.imported";

    /// <summary>An administrator started the import of a file.</summary>
    public const string ImportStarted = "import.started";

    /// <summary>Somebody exported what became of each row of an import.</summary>
    public const string ImportExported = "import.exported";

    /// <summary>A directory made a user.</summary>
    public const string UserProvisioned = "user.provisioned";

    /// <summary>The profile of a user was changed.</summary>
    public const string UserChanged = "user.changed";

    /// <summary>A user was suspended: sign-ins and enrollments are refused, nothing is reset.</summary>
    public const string UserSuspended = "user.suspended";

    /// <summary>A suspended user may sign in and enroll again.</summary>
    public const string UserReactivated = "user.reactivated";

    /// <summary>A directory removed a user.</summary>
    public const string UserLeft = "user.left";

    /// <summary>An administrator made a provisioning token.</summary>
    public const string ProvisioningTokenCreated = "provisioning-token.created";

    /// <summary>An administrator revoked a provisioning token.</summary>
    public const string ProvisioningTokenRevoked = "provisioning-token.revoked";

    /// <summary>An administrator chose the device that sign-in requests are pushed to.</summary>
    public const string ActiveDeviceChanged = "active-device.changed";

    /// <summary>A revoke push was accepted, refused, retried, cancelled or given up.</summary>
    public const string PushChanged = "revocation.push-changed";

    /// <summary>A removed phone was told at its next open.</summary>
    public const string RemovalLearned = "revocation.learned-at-next-open";

    /// <summary>An administrator took a removal back that was on hold: the devices are as they were.</summary>
    public const string RemovalWithdrawn = "removal.withdrawn";

    /// <summary>The hold of a removal was ended early, as the device may be in other hands.</summary>
    public const string RemovalHoldCutShort = "removal.hold-cut-short";

    /// <summary>An administrator had the revoke push sent once more to a phone that did not confirm.</summary>
    public const string RemovalNudged = "revocation.nudged";

    /// <summary>A removed phone said that it erased itself.</summary>
    public const string RemovalConfirmed = "revocation.confirmed";

    /// <summary>A phone registered another push handle.</summary>
    public const string PushHandleChanged = "device.push-handle-changed";

    /// <summary>Whether push notifications reach a registered device changed: the provider says so, or the phone.</summary>
    public const string PushStatusChanged = "device.push-status-changed";

    /// <summary>An administrator sent a push to a registered device, to see whether it can be reached.</summary>
    public const string PushTested = "device.push-tested";

    /// <summary>The user unregistered a phone on the phone itself.</summary>
    public const string DeviceDeparted = "device.departed";

    /// <summary>The user reported a phone as lost, from another one; it was blocked at once.</summary>
    public const string DeviceReportedLost = "device.reported-lost";

    /// <summary>A phone enrolled with a claim.</summary>
    public const string DeviceEnrolled = "device.enrolled";

    /// <summary>A phone was added from the user's backup.</summary>
    public const string DeviceRestored = "device.restored";

    /// <summary>A claim was made at the end of an unregistration.</summary>
    public const string ClaimCreated = "claim.created";

    /// <summary>An administrator made a new claim, which ended the one before.</summary>
    public const string ClaimRenewed = "claim.renewed";

    /// <summary>How the person was recognized was recorded, before the claim was shown.</summary>
    public const string ClaimIdentityChecked = "claim.identity-checked";

    /// <summary>A claim was shown on the screen for the first time.</summary>
    public const string ClaimShown = "claim.shown";

    /// <summary>A claim was copied or printed, and lives longer for it.</summary>
    public const string ClaimSent = "claim.sent";

    /// <summary>A claim's code was used again, by another phone than the one that enrolled with it.</summary>
    public const string ClaimUsedAgain = "claim.used-again";

    /// <summary>Too many wrong codes were tried.</summary>
    public const string ClaimLocked = "claim.locked";

    /// <summary>An operation's work is done.</summary>
    public const string OperationFinished = "operation.finished";

    /// <summary>An operation cannot continue without an operator.</summary>
    public const string OperationFailed = "operation.failed";

    /// <summary>An administrator asked once more for an operation that had failed; its open steps start again.</summary>
    public const string OperationRestarted = "operation.restarted";

    /// <summary>Members of the user's document could not be read; an unregistration replaced them.</summary>
    public const string DocumentRepaired = "document.repaired";

    /// <summary>Work was given up because a document that it needs cannot be read.</summary>
    public const string DocumentUnreadable = "document.unreadable";

    /// <summary>Somebody tried to use a DID that was reset.</summary>
    public const string RetiredDidUsed = "retired-did.used";

    /// <summary>Somebody tried to enroll with a key that has another owner or another use.</summary>
    public const string KeyInUseRefused = "key-in-use.refused";

    /// <summary>The user said on a phone that somebody else asked for a sign-in.</summary>
    public const string SignInNotMe = "sign-in.not-me";

    /// <summary>Too many sign-in requests in a short time were denied or not answered.</summary>
    public const string SignInsHeldBack = "sign-in.held-back";

    /// <summary>A sign-in request was denied because too many wrong numbers were typed.</summary>
    public const string SignInWrongNumber = "sign-in.wrong-number";

    /// <summary>The user was told by mail.</summary>
    public const string MailSent = "mail.sent";

    /// <summary>A mail to the user was given up; the reason says why.</summary>
    public const string MailFailed = "mail.failed";

    /// <summary>An administrator chose whether people who are invited are told by mail.</summary>
    public const string MailSettingsChanged = "mail-settings.changed";

    /// <summary>An administrator chose what the tenant demands of its administrators.</summary>
    public const string PoliciesChanged = "policies.changed";

    /// <summary>An administrator asked that another one agrees to an action.</summary>
    public const string ApprovalRequested = "approval.requested";

    /// <summary>A second administrator agreed to an action.</summary>
    public const string ApprovalGranted = "approval.granted";

    /// <summary>A second administrator refused an action.</summary>
    public const string ApprovalDenied = "approval.denied";

    /// <summary>A receiver of events made a stream.</summary>
    public const string StreamCreated = "event-stream.created";

    /// <summary>A receiver changed how it gets its events, or which.</summary>
    public const string StreamChanged = "event-stream.changed";

    /// <summary>A stream of events was enabled, paused or disabled.</summary>
    public const string StreamStatusChanged = "event-stream.status-changed";

    /// <summary>A receiver deleted its stream of events.</summary>
    public const string StreamDeleted = "event-stream.deleted";

    /// <summary>An administrator had an event sent to its receiver once more.</summary>
    public const string EventSentAgain = "event.sent-again";

    /// <summary>Somebody exported audit entries.</summary>
    public const string AuditExported = "audit.exported";

    /// <summary>Somebody exported the list of users.</summary>
    public const string UsersExported = "users.exported";

    /// <summary>Somebody exported the list of devices.</summary>
    public const string DevicesExported = "devices.exported";

    /// <summary>Somebody exported the list of operations.</summary>
    public const string OperationsExported = "operations.exported";

    /// <summary>Somebody exported sign-in requests of the tenant, or of the user that the entry is about.</summary>
    public const string SignInsExported = "sign-ins.exported";

    /// <summary>An administrator planned something for many users; nothing is changed by it.</summary>
    public const string BulkPlanned = "bulk.planned";

    /// <summary>An administrator started what was planned for many users.</summary>
    public const string BulkStarted = "bulk.started";

    /// <summary>An administrator paused it.</summary>
    public const string BulkPaused = "bulk.paused";

    /// <summary>An administrator resumed it.</summary>
    public const string BulkResumed = "bulk.resumed";

    /// <summary>An administrator stopped it; the users whose turn had not come are untouched.</summary>
    public const string BulkStopped = "bulk.stopped";

    /// <summary>Every user had a turn; the entry counts who failed.</summary>
    public const string BulkFinished = "bulk.finished";

    /// <summary>It cannot continue without an operator.</summary>
    public const string BulkFailed = "bulk.failed";

    /// <summary>Somebody exported what became of each user.</summary>
    public const string BulkExported = "bulk.exported";

    /// <summary>The chain of audit entries is broken: somebody changed or deleted what was sealed.</summary>
    public const string AuditBroken = "audit.broken";
}
