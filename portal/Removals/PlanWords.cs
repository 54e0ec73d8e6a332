using BlokSec.Contracts;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Removals;

/// <summary>What a plan means, in plain words.</summary>
internal static class PlanWords
{
    public static string ActiveDevice(RevocationPlanDetails plan) => plan switch
    {
        { ActiveDevice: { } active, ActiveDeviceChanges: true } =>
            $"{DeviceNames.Of(active.Name, active.Model)} becomes the active device: sign-in requests are pushed to it.",
        { ActiveDevice: { } active } => $"{DeviceNames.Of(active.Name, active.Model)} stays the active device.",
        { DoubtfulDevices.Count: > 0 } => "No active device is left: none of the remaining devices can receive push notifications.",
        _ => "No active device is left: no sign-in request can be pushed.",
    };

    public static string Accounts(RevocationPlanDetails plan) => plan switch
    {
        { ResetsDid: false } => "The user's identity (DID) and accounts stay as they are.",
        { AccountCount: 0 } => "The user's identity (DID) is reset. There are no accounts.",
        _ => $"The user's identity (DID) is reset, also on {Plural.Of(plan.AccountCount, "account")} across your applications:",
    };

    public static string PendingSignIns(RevocationPlanDetails plan) => plan.PendingSignIns.Count switch
    {
        0 => "No sign-in request is waiting for an answer.",
        1 => "1 pending sign-in request ends as superseded:",
        var count => $"{Plural.Number(count)} pending sign-in requests end as superseded:",
    };

    public static string Outcome(RevocationPlanDetails plan) => plan switch
    {
        { LocksOut: false } => "The user can keep signing in",
        { NextStep: PlanNextStep.CheckDevices } => "The user may be locked out",
        _ => "The user is locked out until the next step is done",
    };

    public static string NextStep(RevocationPlanDetails plan) => plan.NextStep switch
    {
        PlanNextStep.ScanClaim =>
            "A claim QR code is generated on this page. The user must scan it with the BlokSec app to re-enroll.",
        PlanNextStep.RestoreFromBackup =>
            "The user must restore from a BlokSec backup on another phone. Without a backup, unregister all devices to get a claim QR code.",
        PlanNextStep.CheckDevices =>
            "No other phone of the user is known to receive sign-in requests. Ask whether one of them still has the app, and let the user open it.",
        _ when plan.LocksOut => "The user needs a device that can receive sign-in requests.",
        _ => plan.RemainingDevices == 1
            ? "Nothing to do: 1 device keeps working."
            : $"Nothing to do: {Plural.Number(plan.RemainingDevices)} devices keep working.",
    };
}
