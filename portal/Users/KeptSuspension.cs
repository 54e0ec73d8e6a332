namespace BlokSec.Portal.Users;

/// <summary>What was typed in the dialog that suspends or reactivates a user when the session ended.</summary>
/// <param name="IsReactivation">Whether the user was about to be reactivated.</param>
/// <param name="Reason">The reason.</param>
public sealed record KeptSuspension(bool IsReactivation, string Reason)
{
    /// <summary>The name of the dialog, see <see cref="Parts.KeptDraft.Dialog"/>.</summary>
    public const string Dialog = "suspension";
}
