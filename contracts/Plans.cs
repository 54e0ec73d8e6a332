namespace BlokSec.Contracts;

/// <summary>What the user has to do after a plan was carried out.</summary>
public enum PlanNextStep
{
    /// <summary>Nothing: another device keeps working.</summary>
    None,

    /// <summary>The last device goes, but the identity stays: only a backup brings the user back. Unregistering would give a claim.</summary>
    RestoreFromBackup,

    /// <summary>Scan the claim QR code with a phone.</summary>
    ScanClaim,

    /// <summary>Other devices are registered, but none of them is known to be reached: see whether one still has the app, and open it.</summary>
    CheckDevices,
}

/// <summary>Exactly what a removal would touch: shown before it is confirmed. Nothing is changed by asking.</summary>
/// <param name="Kind">One device or all of them.</param>
/// <param name="PlanHash">Send it with the request: when what it stands for has changed meanwhile, nothing is done.</param>
/// <param name="Confirmation">The phrase to type.</param>
/// <param name="Devices">The devices that will be refused.</param>
/// <param name="RemainingDevices">How many devices the user keeps that push notifications reach.</param>
/// <param name="ActiveDevice">The device that sign-in requests are pushed to afterwards; null when there is none.</param>
/// <param name="ActiveDeviceChanges">Whether that is another one than now.</param>
/// <param name="Applications">The accounts whose DID is reset, by application; empty when the DID stays.</param>
/// <param name="AccountCount">How many accounts that is.</param>
/// <param name="PendingSignIns">Sign-in requests that end as superseded.</param>
/// <param name="ResetsDid">Whether the DID is retired forever, backups of it included.</param>
/// <param name="LocksOut">Whether the user cannot sign in afterwards until they did the next step.</param>
/// <param name="NextStep">What the user has to do.</param>
/// <param name="CancelsClaim">Whether an open claim QR code stops working.</param>
public sealed record RevocationPlanDetails(
    OperationKind Kind,
    string PlanHash,
    string Confirmation,
    IReadOnlyList<PlannedDevice> Devices,
    int RemainingDevices,
    PlannedDevice? ActiveDevice,
    bool ActiveDeviceChanges,
    IReadOnlyList<PlannedApplication> Applications,
    int AccountCount,
    IReadOnlyList<AuthenticationRequestDetails> PendingSignIns,
    bool ResetsDid,
    bool LocksOut,
    PlanNextStep NextStep,
    bool CancelsClaim)
{
    /// <summary>Devices that the user keeps, but that push notifications may not reach, the most recently active first.</summary>
    public IReadOnlyList<PlannedDevice> DoubtfulDevices { get; init; } = [];

    /// <summary>Minutes for which the removal can be taken back: what cannot be waits that long. 0 when nothing waits.</summary>
    public int HoldMinutes { get; init; }
}

/// <summary>A device in a plan.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Name">Its name.</param>
/// <param name="Model">Its model.</param>
/// <param name="Platform">Its system.</param>
/// <param name="LastActiveAt">When it last called.</param>
/// <param name="IsActive">Whether sign-in requests are pushed to it now.</param>
/// <param name="Push">Whether push can reach it: only one that is reached learns at once, others at their next open.</param>
/// <param name="PushReason">Why push cannot reach it, in plain words.</param>
public sealed record PlannedDevice(
    string DeviceId,
    string Name,
    string Model,
    DevicePlatform Platform,
    DateTimeOffset LastActiveAt,
    bool IsActive,
    PushStatus Push,
    string? PushReason);

/// <summary>The accounts of one application in a plan.</summary>
/// <param name="ApplicationId">The application's id (its appDID).</param>
/// <param name="ApplicationName">Its name.</param>
/// <param name="Accounts">How many accounts of the user it has.</param>
public sealed record PlannedApplication(string ApplicationId, string ApplicationName, int Accounts);
