namespace BlokSec.Portal.Approvals;

/// <summary>What was typed in the dialog that decides about a request for approval when the session ended.</summary>
/// <param name="ApprovalId">The request.</param>
/// <param name="Approves">Whether it was about to be approved.</param>
/// <param name="Note">The word to the colleague.</param>
public sealed record KeptDecision(string ApprovalId, bool Approves, string Note)
{
    /// <summary>The name of the dialog, see <see cref="Parts.KeptDraft.Dialog"/>.</summary>
    public const string Dialog = "decision";
}
