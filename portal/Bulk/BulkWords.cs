using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Bulk;

/// <summary>Words for what is done to many users.</summary>
internal static class BulkWords
{
    /// <summary>What it does, as a title.</summary>
    public static string Title(BulkKind kind) => kind switch
    {
        BulkKind.Unregister => "Unregister users",
        BulkKind.RemoveDevices => "Remove devices",
        _ => "Suspend users",
    };

    public static string Action(BulkOperationDetails operation) => operation.Kind switch
    {
        BulkKind.Unregister => $"Unregister {Plural.Of(operation.Plan.Users, "user")}",
        BulkKind.RemoveDevices => $"Remove {Plural.Of(operation.Plan.Devices, "device")}",
        _ => $"Suspend {Plural.Of(operation.Plan.Users, "user")}",
    };

    /// <summary>What it means for each user.</summary>
    public static string Effect(BulkKind kind) => kind switch
    {
        BulkKind.Unregister => "All devices of each user are blocked when it is the user's turn, the identity is reset for good, and each user gets a claim QR code to enroll again.",
        BulkKind.RemoveDevices => "Each device is blocked when it is the user's turn and is told to erase itself. The identity of the user stays.",
        _ => "Sign-ins and enrollments of each user are refused from the user's turn on. Nothing is erased; each user can be reactivated.",
    };

    public static (string Text, string Tone) State(BulkState state) => state switch
    {
        BulkState.Planning => ("Counting", ""),
        BulkState.Planned => ("Not started", ""),
        BulkState.Running => ("Under way", "warn"),
        BulkState.Paused => ("Paused", "warn"),
        BulkState.Stopped => ("Stopped", ""),
        BulkState.Succeeded => ("Finished", "good"),
        _ => ("Failed", "danger"),
    };

    public static string Result(BulkResult result) => result switch
    {
        BulkResult.Done => "Done",
        BulkResult.Skipped => "Skipped",
        BulkResult.Failed => "Failed",
        _ => "Not begun",
    };

    /// <summary>Users who had their turn.</summary>
    public static int Turns(BulkOperationDetails operation) => operation.Progress.Done + operation.Progress.Skipped + operation.Progress.Failed;

    /// <summary>How far it is, as one sentence.</summary>
    public static string Said(BulkOperationDetails operation) =>
        $"{State(operation.State).Text}: {Plural.Number(Turns(operation))} of {Plural.Of(operation.Plan.Users, "user")}, {Plural.Number(operation.Progress.Failed)} failed.";
}
