using BlokSec.Contracts;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.History;

/// <summary>Audit entries about phones and claims as sentences.</summary>
internal static class PhoneAuditWords
{
    /// <summary>The sentence; null for an entry about something else.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="actor">Who did it, as it is shown.</param>
    /// <param name="user">The user it is about; null when nothing of the user is known here.</param>
    public static string? Of(AuditEntryDetails entry, string actor, UserDetails? user)
    {
        var devices = string.Join(", ", entry.Targets.Select(target => DeviceNames.Of(user, target)));
        return entry.Action switch
        {
            AuditActions.DeviceRemoved => $"{actor} removed {devices}. It was blocked at once.",
            AuditActions.DevicesDeleted => "The removed devices were deleted from the user's record.",
            AuditActions.ActiveDeviceChanged => $"{actor} made {devices} the active device.",
            AuditActions.PushChanged => $"{devices}: {Push(entry)}",
            AuditActions.RemovalLearned => $"{devices} learned at its next open that it was removed.",
            AuditActions.RemovalWithdrawn => $"{actor} took the removal of {devices} back while it was on hold. The phone is as it was.",
            AuditActions.RemovalHoldCutShort => $"{actor} ended the hold of the removal of {devices}: it may be in other hands.",
            AuditActions.RemovalNudged => $"{actor} had the notification sent once more to {devices}.",
            AuditActions.RemovalConfirmed => $"{devices} confirmed that it has reset itself.",
            AuditActions.PushHandleChanged => $"{devices} registered for push notifications.",
            AuditActions.PushStatusChanged => entry.After?.GetValueOrDefault("pushStatus") switch
            {
                nameof(PushStatus.Receiving) => $"{devices} receives push notifications again.",
                nameof(PushStatus.NotificationsOff) => $"{devices} shows no notifications: the user turned them off.",
                _ => $"{devices} does not receive push notifications any more.",
            },
            AuditActions.PushTested => $"{actor} sent a test notification to {devices}.",
            AuditActions.DeviceDeparted => $"The user unregistered {devices} on the phone itself.",
            AuditActions.DeviceReportedLost => $"The user reported {devices} as lost, from {actor}. It was blocked at once. Ask what happened, and whether all devices should be unregistered.",
            AuditActions.DeviceEnrolled => $"{devices} enrolled with the claim QR code.",
            AuditActions.DeviceRestored => $"{devices} was added from the user's backup.",
            AuditActions.ClaimCreated => "A claim QR code was created.",
            AuditActions.ClaimRenewed when entry.Before?.GetValueOrDefault("claimId") is null => $"{actor} created a claim QR code.",
            AuditActions.ClaimRenewed => $"{actor} renewed the claim QR code. The one before stopped working.",
            AuditActions.ClaimIdentityChecked => $"{actor} recorded how the user was recognized before the claim QR code was shown: {Recognized(entry)}.",
            AuditActions.ClaimShown => $"{actor} was shown the claim QR code on the screen.",
            AuditActions.ClaimSent => $"{actor} took the claim QR code from the screen, to print or to send it. It lived longer from then on.",
            AuditActions.ClaimLocked => "The claim QR code was locked: too many wrong codes were tried.",
            AuditActions.ClaimUsedAgain => "The used claim QR code was scanned again by another phone. It was refused.",
            _ => null,
        };
    }

    /// <summary>The way, and the note of it.</summary>
    private static string Recognized(AuditEntryDetails entry)
    {
        var way = Outside.Isolate(entry.After?.GetValueOrDefault("way") ?? "?");
        return entry.After?.GetValueOrDefault("note") is { } note ? $"{way} (“{Outside.Isolate(note)}”)" : way;
    }

    private static string Push(AuditEntryDetails entry) => entry.After?.GetValueOrDefault("push") switch
    {
        nameof(RevokePushState.Accepted) => "the push was accepted.",
        nameof(RevokePushState.Retrying) => "the push has not been accepted yet; it is being retried.",
        nameof(RevokePushState.Unreachable) => "push cannot reach it.",
        nameof(RevokePushState.Cancelled) => "no push was sent.",
        nameof(RevokePushState.GivenUp) => "sending the push was given up.",
        _ => "the status of the push changed.",
    };
}
