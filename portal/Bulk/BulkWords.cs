using BlokSec.Contracts;
using BlokSec.Portal.Devices;
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

    /// <summary>Which users were selected, as a sentence for <c>Sentence</c>: every member of the filter is named.</summary>
    /// <param name="filter">What they were selected by; null when they were picked one by one.</param>
    public static string Selected(BulkFilter? filter)
    {
        if (filter is null)
        {
            return "Users who were picked one by one.";
        }

        string[] parts = [.. Parts(filter).OfType<string>()];
        return parts switch
        {
            [] => "All users.",
            [var only] => $"All users who {only}.",
            [.. var first, var last] => $"All users who {string.Join(", ", first)} and {last}.",
        };
    }

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

    private static IEnumerable<string?> Parts(BulkFilter filter) =>
    [
        filter.Search is { Length: > 0 } search ? $"match {Quoted(search)}" : null,
        filter.State is { } state ? $"have the status {Status(state)}" : null,
        filter.Department is { } department ? $"are in the department {Quoted(department)}" : null,
        filter.Application is { } application ? $"have an account in the application {Quoted(application)}" : null,
        filter.Push is { } push ? $"have an active device with this push status: {Push(push)}" : null,
        filter.UnusedDays is { } days ? $"have devices of which none was active for {Plural.Of(days, "day")}" : null,
        filter.Claim is { } claim ? $"have {Claim(claim)}" : null,
        filter.UnconfirmedRemoval ? "have a removed device that did not confirm" : null,
    ];

    /// <summary>As the list of users names it.</summary>
    private static string Status(string state) => state switch
    {
        "invited" => "Invited",
        "active" => "Active",
        "resetting" => "Unregistering",
        "unregistered" => "Unregistered",
        "suspended" => "Suspended",
        "left" => "Left",
        _ => Quoted(state),
    };

    private static string Claim(string claim) => claim switch
    {
        "open" => "an open claim",
        "expiring" => $"a claim that expires within {ClaimTallies.ExpiringHours} hours",
        "locked" => "a locked claim",
        _ => $"a claim with the status {Quoted(claim)}",
    };

    private static string Push(string push) =>
        Enum.TryParse<PushStatus>(push, ignoreCase: true, out var status) && Enum.IsDefined(status) ? DeviceWords.Push(status) : Quoted(push);

    private static string Quoted(string text) => $"“{Outside.Isolate(text)}”";
}
