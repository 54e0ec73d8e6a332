using BlokSec.Contracts;

namespace BlokSec.Portal.Accounts;

/// <summary>What was typed in the dialog that removes accounts when the session ended.</summary>
/// <param name="Application">The application whose accounts are removed; null for none.</param>
/// <param name="Accounts">Single accounts that are removed; null for none. With neither, the user leaves.</param>
/// <param name="PlanHash">The plan that was agreed to; null when there was none yet.</param>
/// <param name="Typed">The phrase as far as it was typed.</param>
/// <param name="Reason">The reason.</param>
public sealed record KeptAccountRemoval(
    AccountDetails? Application, IReadOnlyList<AccountDetails>? Accounts, string? PlanHash, string Typed, string Reason)
{
    /// <summary>The name of the dialog, see <see cref="Parts.KeptDraft.Dialog"/>.</summary>
    public const string Dialog = "account-removal";
}
