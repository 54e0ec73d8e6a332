using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Push;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Revocations;

/// <summary>The record of a removed device: how it is created and how it changes. Pure, but for the signature of the statement.</summary>
internal sealed class RevocationRecords(RevocationStatements statements)
{
    /// <summary>How long the push is tried.</summary>
    public static readonly TimeSpan TryFor = TimeSpan.FromDays(30);

    /// <summary>Entries of a timeline that retries may fill; what ends it comes on top.</summary>
    public const int MaxTimeline = 40;

    /// <summary>Nudges that are remembered: those of an hour and a half at least, as there is one a minute at most.</summary>
    public const int MaxNudges = 100;

    /// <summary>The record as the fence creates it.</summary>
    public RevocationDocument Create(DeviceDocument device, RevocationRequest request)
    {
        var revocation = new RevocationDocument
        {
            Id = RevocationDocument.IdOf(device.DeviceId),
            TenantId = device.TenantId,
            UserId = device.UserId,
            DeviceId = device.DeviceId,
            Name = device.Name,
            Model = device.Model,
            Platform = device.Platform,
            Epoch = device.Epoch,
            OperationId = request.OperationId,
            PublicKey = device.PublicKey,
            PushHandle = device.PushHandle,
            PushId = Guid.NewGuid().ToString(),
            Statement = request.HeldUntil is null
                ? statements.Sign(device.TenantId, device.UserId, device.DeviceId, device.Epoch, request.OperationId, Reason(request.Kind), request.At)
                : "",
            BlockedAt = request.At,
            HeldUntil = request.HeldUntil,
            Push = RevokePushState.Queued,
            NextAttemptAt = request.HeldUntil is null ? request.At : null,
            RetryUntil = (request.HeldUntil ?? request.At) + TryFor,
            TraceParent = Activity.Current?.Id,
            Timeline = [new RevocationEvent("Blocked", request.At, null)],
        };
        return device.PushHandle is null && !revocation.IsHeld ? Unreachable(revocation, request.At) : revocation;
    }

    /// <summary>The removal cannot be taken back any more: the statement is signed, and the push is due.</summary>
    /// <param name="revocation">The record, on hold.</param>
    /// <param name="device">The device, blocked since; null when an unregistration has deleted it.</param>
    /// <param name="kind">What the operation does.</param>
    /// <param name="at">The time.</param>
    public RevocationDocument EndHold(RevocationDocument revocation, DeviceDocument? device, OperationKind kind, DateTimeOffset at)
    {
        var ended = revocation with
        {
            Statement = statements.Sign(
                revocation.TenantId, revocation.UserId, revocation.DeviceId, revocation.Epoch, revocation.OperationId, Reason(kind), revocation.BlockedAt),
            HoldEndedAt = at,
            PushHandle = device?.PushHandle ?? revocation.PushHandle,
            NextAttemptAt = at,
            RetryUntil = at + TryFor,
            Timeline = [.. revocation.Timeline, new RevocationEvent("HoldEnded", at, null)],
        };
        return ended.PushHandle is null ? Unreachable(ended, at) : ended;
    }

    /// <summary>The push is settled, one way or another: nothing more is sent by itself.</summary>
    public static RevocationDocument Settle(RevocationDocument revocation, RevokePushState state, string? reason, DateTimeOffset at) =>
        revocation with
        {
            Push = state,
            PushReason = reason,
            PushHandle = null,
            NextAttemptAt = null,
            PushAcceptedAt = state == RevokePushState.Accepted ? at : revocation.PushAcceptedAt,
            // In order of time: the phone may have confirmed before the provider's acceptance could be written down.
            Timeline = [.. revocation.Timeline.Append(new RevocationEvent($"Push{state}", at, reason)).OrderBy(told => told.At)],
        };

    /// <summary>The push is tried again, or for the first time if it was held back. The timeline tells it once for each new reason.</summary>
    public static RevocationDocument Retry(
        RevocationDocument revocation, string reason, bool wasSent, DateTimeOffset next, DateTimeOffset at) =>
        revocation with
        {
            Push = RevokePushState.Retrying,
            PushReason = reason,
            PushAttempts = revocation.PushAttempts + (wasSent ? 1 : 0),
            NextAttemptAt = next,
            RetryingSince = revocation.RetryingSince ?? at,
            Timeline = revocation.Push == RevokePushState.Retrying && revocation.PushReason == reason
                ? revocation.Timeline
                : Bounded([.. revocation.Timeline, new RevocationEvent("PushRetrying", at, reason)]),
        };

    /// <summary>Of a month of changing reasons, the beginning and the end are kept.</summary>
    private static IReadOnlyList<RevocationEvent> Bounded(RevocationEvent[] timeline) => timeline.Length <= MaxTimeline
        ? timeline
        :
        [
            .. timeline[..(MaxTimeline / 2)],
            timeline[MaxTimeline / 2] with { Detail = "From here on only the last attempts are listed; the number of attempts counts all." },
            .. timeline[^(MaxTimeline / 2 - 1)..],
        ];

    /// <summary>The push is sent once more, because an administrator asked for it. What its first acceptance said stays true.</summary>
    public static RevocationDocument Nudged(RevocationDocument revocation, PushHandle handle, string pushId, string by, DateTimeOffset at) => revocation with
    {
        Push = RevokePushState.Queued,
        PushReason = null,
        PushHandle = handle,
        PushId = pushId,
        NudgeIds = [.. revocation.NudgeIds.TakeLast(MaxNudges - 1), pushId],
        HandleKeptUntil = null,
        NudgedAt = at,
        NextAttemptAt = at,
        RetryingSince = null,
        Timeline = Bounded([.. revocation.Timeline, new RevocationEvent("Nudged", at, by)]),
    };

    /// <summary>The phone was told at its next open. What it signed to ask is kept.</summary>
    public static RevocationDocument Learned(RevocationDocument revocation, DeviceProof proof, DateTimeOffset at) => revocation with
    {
        LearnedAt = at,
        LearnedProof = proof.Text,
        Timeline = [.. revocation.Timeline, new RevocationEvent("LearnedAtNextOpen", at, null)],
    };

    /// <summary>
    /// The phone said that it erased itself. A push that waits for its next attempt is not needed any more. One that is due may be on
    /// its way at this moment: what became of it is for the function that sends it to tell. What the phone signed is kept.
    /// </summary>
    public static RevocationDocument Confirmed(RevocationDocument revocation, DeviceProof proof, DateTimeOffset at)
    {
        var settled = revocation.NextAttemptAt > at ? NotNeeded(revocation, at) : revocation;
        return settled with
        {
            HandleKeptUntil = null,
            ConfirmedAt = at,
            ConfirmedProof = proof.Text,
            Timeline = [.. settled.Timeline, new RevocationEvent("Confirmed", at, null)],
        };
    }

    /// <summary>The phone confirmed, and no provider is known to have accepted the push that is due: it is not sent (again).</summary>
    public static RevocationDocument NotNeeded(RevocationDocument revocation, DateTimeOffset at) => Settle(
        revocation,
        RevokePushState.Cancelled,
        revocation.PushAcceptedAt is null
            ? "The phone confirmed that it erased itself; no acceptance of the push had been recorded, and none is needed any more."
            : "The phone confirmed that it erased itself; the push was accepted before and is not needed once more.",
        at);

    private static RevocationDocument Unreachable(RevocationDocument revocation, DateTimeOffset at) =>
        Settle(revocation, RevokePushState.Unreachable, "The app never allowed push notifications on this phone.", at);

    private static string Reason(OperationKind kind) =>
        kind == OperationKind.UnregisterAllDevices ? RevocationReasons.AllDevicesUnregistered : RevocationReasons.DeviceRemoved;
}
