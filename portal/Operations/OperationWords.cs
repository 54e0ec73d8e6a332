using BlokSec.Contracts;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Operations;

/// <summary>Operations and their steps in plain words.</summary>
internal static class OperationWords
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MovesWithin = TimeSpan.FromMinutes(1);

    public static string Title(OperationDetails operation, UserDetails user)
    {
        var device = operation.DeviceIds is [var only, ..] ? DeviceNames.Of(user, only) : "a device";
        var isDone = operation.Status == OperationStatus.Succeeded;
        return operation.Kind switch
        {
            OperationKind.RemoveDevice when operation.Status == OperationStatus.Withdrawn => $"Kept {device}",
            OperationKind.RemoveDevice => isDone ? $"Removed {device}" : $"Removing {device}",
            OperationKind.UnregisterAllDevices => isDone ? "All devices unregistered" : "Unregistering all devices",
            OperationKind.RemoveAccounts => Accounts(operation, isDone),
            _ => isDone ? $"Enrolled {device}" : $"Enrolling {device}",
        };
    }

    /// <summary>What an operation does, where its user is named beside it.</summary>
    public static string Kind(OperationDetails operation) => operation.Kind switch
    {
        OperationKind.RemoveDevice => "Remove device",
        OperationKind.UnregisterAllDevices => "Unregister all devices",
        OperationKind.RemoveAccounts => operation.AccountScope == AccountScopeKind.All ? "Remove all accounts" : "Remove accounts",
        OperationKind.ImportUsers => "Import users",
        _ => "Enrollment",
    };

    /// <summary>The step at which an operation stopped.</summary>
    public static string StepName(OperationStepName step) => step switch
    {
        OperationStepName.Block => "blocking the devices",
        OperationStepName.QueuePushes => "queuing the revoke pushes",
        OperationStepName.DeleteDevices => "deleting the devices",
        OperationStepName.ResetDid => "resetting the identity (DID) on the accounts",
        OperationStepName.RemoveAccounts => "removing the accounts",
        OperationStepName.ImportUsers => "creating the users",
        _ => "creating the claim",
    };

    public static (string Text, string Tone, string Icon) Status(OperationDetails operation) =>
        operation is { HeldUntil: not null, Status: OperationStatus.NotStarted } ? ("On hold", "warn", "Waiting") : Status(operation.Status);

    public static (string Text, string Tone, string Icon) Status(OperationStatus status) => status switch
    {
        OperationStatus.Succeeded => ("Done", "good", "Check"),
        OperationStatus.Failed => ("Needs attention", "bad", "Warning"),
        OperationStatus.Withdrawn => ("Taken back", "good", "Check"),
        OperationStatus.Running => ("Under way", "busy", "Waiting"),
        _ => ("Waiting", "", "Waiting"),
    };

    public static string Step(OperationStepDetails step, OperationKind kind) => step.Name switch
    {
        OperationStepName.Block when kind == OperationKind.Enrollment => "New phone registered",
        OperationStepName.Block => "Blocked at once: nothing signed by the removed devices is accepted",
        OperationStepName.QueuePushes => "Revoke push notifications queued",
        OperationStepName.DeleteDevices => "Removed from the user's registered devices",
        OperationStepName.ResetDid when kind == OperationKind.Enrollment => "New identity (DID) bound to the user's accounts",
        OperationStepName.ResetDid => "Identity (DID) reset on the user's accounts",
        OperationStepName.RemoveAccounts when step.ApplicationName is { } application => $"Accounts in {Outside.Isolate(application)} removed",
        OperationStepName.RemoveAccounts => "Accounts in all other applications removed",
        _ => "Claim QR code created",
    };

    private static string Accounts(OperationDetails operation, bool isDone)
    {
        var what = (operation.AccountScope, operation.Steps) switch
        {
            (AccountScopeKind.All, _) => "all accounts",
            (AccountScopeKind.Application, [{ ApplicationName: { } application }]) => $"the accounts in {Outside.Isolate(application)}",
            _ => Plural.Of(operation.Steps.Sum(step => step.Total), "account"),
        };
        return $"{(isDone ? "Removed" : "Removing")} {what}";
    }

    /// <summary>How many of how many, where there is more than one.</summary>
    public static bool Counts(OperationStepDetails step) => step.Total > 1;

    /// <summary>Why nothing moves, and that it will; null while it makes progress.</summary>
    public static string? Delay(OperationDetails operation, DateTimeOffset now)
    {
        var moved = operation.Steps.Select(step => step.UpdatedAt).Append(operation.RequestedAt).Max();
        return operation.Status switch
        {
            OperationStatus.NotStarted when now - (operation.HeldUntil ?? operation.RequestedAt) > StartsWithin =>
                "It is accepted and safe, but its work could not be queued yet. This is retried automatically, about once a minute.",
            OperationStatus.Running when now - moved > MovesWithin =>
                "There has been no progress for a while. Steps without progress are restarted automatically after five minutes.",
            _ => null,
        };
    }

    /// <summary>Whether the push of a removed device can be on its way: not before the operation has queued it.</summary>
    public static bool IsQueued(OperationDetails operation, RevocationDetails revocation) =>
        operation.Steps.FirstOrDefault(step => step.Name == OperationStepName.QueuePushes) is not { Status: not OperationStatus.Succeeded }
        || revocation.Timeline.Any(entry => entry.What == "PushQueued");

    /// <summary>What a failed operation means and what to do.</summary>
    public static string WhatToDo(OperationDetails operation) => operation.Kind switch
    {
        OperationKind.Enrollment => "The phone is enrolled, but not every account knows the new identity yet. Ask your operator to check it.",
        OperationKind.RemoveAccounts =>
            "No application can ask for a sign-in with these accounts, and nothing is undone. Start it again; if it fails again, give your operator the operation ID below.",
        _ => "The devices stay blocked, and nothing is undone. Start it again; if it fails again, give your operator the operation ID below.",
    };
}
