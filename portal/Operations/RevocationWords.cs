using BlokSec.Contracts;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Operations;

/// <summary>How far a stage of a removed device is.</summary>
public enum StageState
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>Under way.</summary>
    Busy,

    /// <summary>Not yet.</summary>
    Open,

    /// <summary>It will not happen, which is no fault: another stage takes its place.</summary>
    Skipped,
}

/// <summary>One stage of a removed device's way.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Title">Which stage.</param>
/// <param name="At">When it was reached.</param>
/// <param name="Detail">Why, or what comes next.</param>
internal sealed record Stage(StageState State, string Title, DateTimeOffset? At, string? Detail);

/// <summary>What became of a removed device, in plain words and never more than is known.</summary>
internal static class RevocationWords
{
    public static (string Text, string Tone, string Icon) Headline(RevocationDetails revocation) => revocation.State switch
    {
        RevocationState.Blocked when revocation.HeldUntil is not null => ("Blocked, on hold", "warn", "Blocked"),
        RevocationState.Confirmed => ("Confirmed by the device", "good", "Check"),
        RevocationState.LearnedAtNextOpen => ("Learned at next open", "good", "Check"),
        RevocationState.PushAccepted => ("Push accepted, not confirmed yet", "busy", "Waiting"),
        _ => ("Blocked, not confirmed yet", "warn", "Blocked"),
    };

    /// <summary>Whether the phone itself knows.</summary>
    public static bool IsKnown(RevocationDetails revocation) =>
        revocation.State is RevocationState.Confirmed or RevocationState.LearnedAtNextOpen;

    public static IReadOnlyList<Stage> Stages(RevocationDetails revocation, Moments moments, bool isQueued = true) =>
        [new(StageState.Done, "Blocked", revocation.BlockedAt, null), Push(revocation, moments, isQueued), Phone(revocation)];

    /// <summary>An entry of the timeline, in words.</summary>
    public static string Event(string what) => what switch
    {
        "HoldEnded" => "hold ended",
        "PushQueued" => "push queued",
        "PushRetrying" => "not accepted, tried again later",
        "PushAccepted" => "push accepted",
        "PushUnreachable" => "push cannot reach it",
        "PushCancelled" => "no push needed",
        "PushGivenUp" => "push given up",
        "Nudged" => "push sent again by hand",
        "LearnedAtNextOpen" => "learned at next open",
        "Confirmed" => "confirmed by the device",
        _ => "blocked",
    };

    private static Stage Push(RevocationDetails revocation, Moments moments, bool isQueued)
    {
        var provider = DeviceWords.Provider(revocation.Platform);
        return revocation.Push switch
        {
            RevokePushState.Queued when revocation.HeldUntil is { } until => new(StageState.Open, $"Push waits until {moments.Second(until)}", null, null),
            RevokePushState.Queued when !isQueued => new(StageState.Open, "Push is not queued yet", null, null),
            RevokePushState.Queued => new(StageState.Busy, "Push is being sent", null, null),
            RevokePushState.Retrying => new(StageState.Busy, $"Retrying the push: {provider} has not accepted it yet", null, Retrying(revocation, moments)),
            RevokePushState.Accepted => new(StageState.Done, $"Push accepted by {provider}", At(revocation, "PushAccepted"), null),
            RevokePushState.Unreachable => new(
                StageState.Skipped, "Push cannot reach it", At(revocation, "PushUnreachable"), revocation.PushReason),
            RevokePushState.Cancelled => new(
                StageState.Skipped,
                At(revocation, "PushAccepted") is null ? "No push was sent" : "The push was not sent again",
                At(revocation, "PushCancelled"),
                revocation.PushReason),
            _ => new(StageState.Skipped, "Push given up", At(revocation, "PushGivenUp"), revocation.PushReason),
        };
    }

    private static string Retrying(RevocationDetails revocation, Moments moments)
    {
        var next = revocation.NextAttemptAt is { } at && at > moments.Now ? $"Next attempt {moments.Relative(at)}" : "Next attempt now";
        return $"{Sentence(revocation.PushReason)}Tried {Plural.Of(revocation.PushAttempts, "time")}. {next}, until {moments.Minute(revocation.RetryUntil)}.";
    }

    private static Stage Phone(RevocationDetails revocation) => revocation.State switch
    {
        RevocationState.Confirmed => new(
            StageState.Done,
            "Confirmed by the device",
            At(revocation, "Confirmed"),
            At(revocation, "LearnedAtNextOpen") is null ? "The app has reset itself." : "The app learned it at its next open and has reset itself."),
        RevocationState.LearnedAtNextOpen => new(
            StageState.Done, "Learned at next open", At(revocation, "LearnedAtNextOpen"), "The app was opened, was told, and resets itself."),
        RevocationState.PushAccepted => new(
            StageState.Open, "Not confirmed yet", null, "The phone may be off or offline. It stays blocked, and the app learns it no later than when it is next opened."),
        _ when revocation.HeldUntil is not null => new(StageState.Open, "Not told yet", null, "The app is refused and keeps everything."),
        _ => new(StageState.Open, "Not confirmed yet", null, "It stays blocked. The app learns it when it is next opened."),
    };

    private static DateTimeOffset? At(RevocationDetails revocation, string what) =>
        revocation.Timeline.LastOrDefault(entry => entry.What == what)?.At;

    private static string Sentence(string? text) => text switch
    {
        null or "" => "",
        [.., '.'] => text + " ",
        _ => text + ". ",
    };
}
