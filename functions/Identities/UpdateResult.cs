namespace BlokSec.Functions.Identities;

/// <summary>How an optimistic update ended.</summary>
internal enum UpdateStatus
{
    /// <summary>The decision's batch was committed.</summary>
    Written,

    /// <summary>The decision was that nothing is to be written.</summary>
    Unchanged,

    /// <summary>Every attempt conflicted with another writer. Nothing was written.</summary>
    Contended,
}

/// <summary>The outcome of an optimistic update, see <c>IdentityStore.UpdateAsync</c>.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Value">What the last decision returned; the default of its type when contended.</param>
internal readonly record struct UpdateResult<T>(UpdateStatus Status, T? Value)
{
    public bool IsWritten => Status == UpdateStatus.Written;

    /// <summary>What the decision returned, for callers that are retried as a whole.</summary>
    /// <param name="what">What was to be changed.</param>
    /// <exception cref="TimeoutException">Every attempt conflicted with another writer.</exception>
    public T? ValueOrTimeout(string what) => Status == UpdateStatus.Contended
        ? throw new TimeoutException($"Other writers changed the {what} during every attempt.")
        : Value;
}
