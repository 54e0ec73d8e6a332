using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Removals;

/// <summary>What became of a removal that was sent, in plain words, and what to do now.</summary>
internal static class RemovalWords
{
    public static string Title(UserDetails user, DeviceDetails? device) => device is null
        ? $"Unregister all devices of {Users.UserWords.Isolated(user)}"
        : $"Remove {DeviceNames.Of(device.Name, device.Model)}";

    /// <summary>The button that sends it.</summary>
    public static string Action(RemovalDraft draft, DeviceDetails? device) => draft switch
    {
        { Outcome: RemovalOutcome.Looking } => "Checking…",
        { IsSending: true } => "Sending…",
        { Outcome: RemovalOutcome.Unknown } => "Not known yet: check again",
        { Outcome: RemovalOutcome.NothingDone, Problem: { } problem } => CanTryAgain(problem) ? "Nothing was done: try again" : "Nothing was done",
        _ => device is null ? "Unregister all devices" : "Remove device",
    };

    /// <summary>Whether the same request can have another answer.</summary>
    public static bool CanTryAgain(ApiProblem problem) =>
        problem.Code == ProblemCodes.SecondPersonRequired
        || (problem.Kind is not (ProblemKind.Forbidden or ProblemKind.NotFound or ProblemKind.SessionExpired)
        && problem.Code is not (ProblemCodes.AlreadyUnregistered or ProblemCodes.IdempotencyKeyReused));

    /// <summary>What is known, which matters most.</summary>
    public static string? Lead(RemovalDraft draft, DeviceDetails? device, Moments moments) => draft.Outcome switch
    {
        RemovalOutcome.NothingDone => device is null
            ? $"Nothing was done: the devices were not unregistered, as of {moments.Second(draft.OutcomeAt)}."
            : $"Nothing was done: the device was not removed, as of {moments.Second(draft.OutcomeAt)}.",
        RemovalOutcome.Unknown => "It is not known yet whether it was done.",
        _ => null,
    };

    /// <summary>What to do now; null where the problem's own words say it.</summary>
    public static string? Advice(RemovalDraft draft, ApiProblem problem) => (draft.Outcome, problem.Kind) switch
    {
        (_, ProblemKind.NotFound) when draft.Plan is null => "Somebody has already removed this device. Close the dialog: the page shows its status.",
        (RemovalOutcome.Unknown, ProblemKind.SessionExpired) => "Sign in again. The page then shows whether it was done, and this dialog what you typed.",
        (_, ProblemKind.SessionExpired) => "Sign in again: you come back to this dialog, with what you typed.",
        (RemovalOutcome.Unknown, _) => "Check again, or close the dialog: the page shows it as soon as the API responds.",
        (RemovalOutcome.NothingDone, ProblemKind.Unreachable or ProblemKind.Unavailable or ProblemKind.Fault) =>
            "Try again. The request is safe to repeat: it is carried out at most once.",
        _ => null,
    };
}
