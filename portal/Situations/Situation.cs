using BlokSec.Contracts;

namespace BlokSec.Portal.Situations;

/// <summary>What an administrator can do about a situation.</summary>
public enum SituationAction
{
    /// <summary>Nothing needs doing here.</summary>
    None,

    /// <summary>Unregister all devices.</summary>
    Unregister,

    /// <summary>Remove one device.</summary>
    Remove,

    /// <summary>Remove all accounts.</summary>
    Leave,
}

/// <summary>A row of the guide's table: what happened, and what is recommended.</summary>
/// <param name="Name">A word for it.</param>
/// <param name="What">What happened.</param>
/// <param name="Recommended">What is recommended.</param>
/// <param name="Action">Which button does it.</param>
/// <param name="Why">Why that is right.</param>
public sealed record Situation(string Name, string What, string Recommended, SituationAction Action, string Why)
{
    /// <summary>The guide's table, in its order and its words.</summary>
    public static IReadOnlyList<Situation> All { get; } =
    [
        new(
            "backup",
            "User got a new phone and has a BlokSec backup",
            "No action needed — user restores from backup on the new device",
            SituationAction.None,
            "The backup brings the same identity to the new phone. The old phone stays registered until you remove it."),
        new(
            "no-backup",
            "User got a new phone and has no backup",
            "Click Unregister All Devices, then have the user scan the claim QR code",
            SituationAction.Unregister,
            "The old identity cannot come back without a backup; the claim QR code gives the user a new one."),
        new(
            "lost",
            "User lost their phone",
            "Click Unregister All Devices to revoke access, then re-enroll when ready",
            SituationAction.Unregister,
            "The lost phone is blocked at once, and backups of the old identity are refused as well."),
        new(
            "one-of-many",
            "User has multiple devices and you want to remove one",
            "Click the trash icon on the specific device",
            SituationAction.Remove,
            "Only that device is blocked; the others keep working, and the identity stays."),
        new(
            "leaving",
            "User is leaving the organization",
            "Remove the user’s accounts from your applications instead of unregistering devices",
            SituationAction.Leave,
            "Without accounts there is nothing left to sign in to. Unregistering would only invite the user to enroll again."),
    ];

    /// <summary>Why the button is not offered for this user now; null when it is.</summary>
    /// <param name="user">The user.</param>
    /// <param name="manages">Whether the administrator manages devices.</param>
    /// <param name="managesUsers">Whether the administrator manages users.</param>
    public string? NotPossible(UserDetails user, bool manages, bool managesUsers) => (Action, user.DidState) switch
    {
        (SituationAction.None, _) => null,
        (SituationAction.Leave, _) when !managesUsers => "This requires the role Users.Manage. Ask an administrator who has it.",
        (SituationAction.Leave, _) when user.AccountCount == 0 => "The user has no account in your applications.",
        (SituationAction.Leave, _) => null,
        _ when !manages => "This requires the role Devices.Manage. Ask an administrator who has it.",
        (SituationAction.Unregister, DidState.Resetting) => "This is already in progress; see Progress.",
        (SituationAction.Unregister, DidState.Unclaimed) => "There is no identity to unregister: have the user scan the claim QR code above.",
        (SituationAction.Remove, _) when user.Devices.Count == 0 => "The user has no device.",
        _ => null,
    };
}
