namespace BlokSec.Functions.Identities;

/// <summary>One attempt of an optimistic update, see <c>IdentityStore.UpdateAsync</c>.</summary>
/// <param name="batch">The transaction that the decision fills.</param>
/// <param name="number">How many attempts there were before.</param>
internal sealed class UpdateAttempt(PartitionBatch batch, int number)
{
    /// <summary>What is to be written, in one transaction. A decision that leaves it empty writes nothing and ends the update.</summary>
    public PartitionBatch Batch => batch;

    /// <summary>How many attempts there were before this one.</summary>
    public int Number => number;

    public bool IsFirst => number == 0;
}
