namespace BlokSec.Functions.Identities;

/// <summary>Optimistic concurrency: read, decide, write if nobody else wrote meanwhile, else again.</summary>
internal sealed partial class IdentityStore
{
    /// <summary>How often an update is attempted by default.</summary>
    public const int MaxAttempts = 8;

    /// <summary>Upper bound of the delay after the first conflict; it doubles with each further one.</summary>
    private static readonly TimeSpan ShortestJitter = TimeSpan.FromMilliseconds(4);

    private static readonly TimeSpan LongestJitter = TimeSpan.FromMilliseconds(64);

    /// <summary>
    /// Reads, decides and writes in one transaction. When another writer was faster, all of it is repeated after a random delay, so that
    /// contending writers do not meet again.
    /// </summary>
    /// <param name="key">Whose partition.</param>
    /// <param name="read">Reads what the decision needs; called once for each attempt.</param>
    /// <param name="decide">
    /// Fills the attempt's batch and returns the outcome. An empty batch means that nothing is to be written. Called once for each attempt:
    /// an effect of its own must be safe to repeat.
    /// </param>
    /// <param name="known">What was read before, used for the first attempt instead of reading; null to read.</param>
    /// <param name="maxAttempts">How often it is attempted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Microsoft.Azure.Cosmos.CosmosException">The database cannot be reached: nothing is known to be written.</exception>
    public async Task<UpdateResult<T>> UpdateAsync<TRead, T>(
        UserKey key,
        Func<CancellationToken, Task<TRead>> read,
        Func<TRead, UpdateAttempt, Task<T>> decide,
        TRead? known,
        int maxAttempts,
        CancellationToken cancellationToken)
        where TRead : class?
    {
        for (var number = 0; number < maxAttempts; number++)
        {
            if (number > 0)
            {
                await Task.Delay(Jitter(number), cancellationToken);
            }

            var attempt = new UpdateAttempt(Begin(key), number);
            var value = await decide(number == 0 && known is not null ? known : await read(cancellationToken), attempt);
            if (attempt.Batch.Count == 0)
            {
                return new UpdateResult<T>(UpdateStatus.Unchanged, value);
            }

            if (await attempt.Batch.CommitAsync(cancellationToken) == BatchResult.Committed)
            {
                return new UpdateResult<T>(UpdateStatus.Written, value);
            }
        }

        return new UpdateResult<T>(UpdateStatus.Contended, default);
    }

    /// <inheritdoc cref="UpdateAsync{TRead,T}(UserKey,Func{CancellationToken,Task{TRead}},Func{TRead,UpdateAttempt,Task{T}},TRead,int,CancellationToken)"/>
    public Task<UpdateResult<T>> UpdateAsync<TRead, T>(
        UserKey key,
        Func<CancellationToken, Task<TRead>> read,
        Func<TRead, UpdateAttempt, Task<T>> decide,
        CancellationToken cancellationToken)
        where TRead : class? =>
        UpdateAsync(key, read, decide, known: null, MaxAttempts, cancellationToken);

    /// <inheritdoc cref="UpdateAsync{TRead,T}(UserKey,Func{CancellationToken,Task{TRead}},Func{TRead,UpdateAttempt,Task{T}},TRead,int,CancellationToken)"/>
    public Task<UpdateResult<T>> UpdateAsync<TRead, T>(
        UserKey key,
        Func<CancellationToken, Task<TRead>> read,
        Func<TRead, UpdateAttempt, T> decide,
        TRead? known,
        CancellationToken cancellationToken)
        where TRead : class? =>
        UpdateAsync(key, read, (found, attempt) => Task.FromResult(decide(found, attempt)), known, MaxAttempts, cancellationToken);

    /// <inheritdoc cref="UpdateAsync{TRead,T}(UserKey,Func{CancellationToken,Task{TRead}},Func{TRead,UpdateAttempt,Task{T}},TRead,int,CancellationToken)"/>
    public Task<UpdateResult<T>> UpdateAsync<TRead, T>(
        UserKey key, Func<CancellationToken, Task<TRead>> read, Func<TRead, UpdateAttempt, T> decide, CancellationToken cancellationToken)
        where TRead : class? =>
        UpdateAsync(key, read, decide, known: null, cancellationToken);

    private static TimeSpan Jitter(int conflicts)
    {
        var longest = ShortestJitter * Math.Pow(2, Math.Min(conflicts - 1, 8));
        return Random.Shared.NextDouble() * (longest < LongestJitter ? longest : LongestJitter);
    }
}
