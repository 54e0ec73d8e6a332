using System.Security.Cryptography;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Push.Apns;

/// <summary>A token, or why there is none.</summary>
/// <param name="Value">The JWT; null when there is none.</param>
/// <param name="Authorization">The header's value; null when there is none.</param>
/// <param name="Failure">Why there is none.</param>
internal readonly record struct ProviderToken(string? Value, string? Authorization, PushResult? Failure)
{
    public static ProviderToken Of(SharedToken token) => new(token.Token, token.Authorization, null);

    public static ProviderToken None(PushResult failure) => new(null, null, failure);

    public override string ToString() => Failure is null ? "a provider token" : Failure.Reason;
}

/// <summary>
/// The one provider token of all instances. Apple wants it used for as close to an hour as possible, renewed at most once in 20
/// minutes, and answers 429 when instances sign their own (https://developer.apple.com/forums/thread/702056). So it lives in the
/// database: whoever wins its ETag renews it, the others take the winner's.
/// </summary>
internal sealed partial class ApnsProviderToken(
    ApnsTokenStore store, IOptions<PushOptions> options, TimeProvider time, ILogger<ApnsProviderToken> logger) : IDisposable
{
    private static readonly TimeSpan RenewAt = TimeSpan.FromMinutes(45);
    private static readonly TimeSpan NotBefore = TimeSpan.FromMinutes(20);

    // Apple refuses a token after one hour; a minute is left for the way and for clocks that differ.
    private static readonly TimeSpan Expiry = ApnsTokenStore.Lifetime;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim gate = new(1, 1);
    private ApnsSigner? signer;
    private SharedToken? cached;
    private DateTimeOffset nextLook;

    /// <summary>The token to send with now.</summary>
    public ValueTask<ProviderToken> GetAsync(CancellationToken cancellationToken) =>
        Fresh(Volatile.Read(ref cached)) is { } token ? new(token) : new(TakeAsync(refused: null, cancellationToken));

    /// <summary>Another token than the one that Apple called expired; the same one where it is too young to be replaced.</summary>
    public Task<ProviderToken> RenewAsync(string refused, CancellationToken cancellationToken) => TakeAsync(refused, cancellationToken);

    public void Dispose()
    {
        signer?.Dispose();
        gate.Dispose();
    }

    private async Task<ProviderToken> TakeAsync(string? refused, CancellationToken cancellationToken)
    {
        if (!gate.Wait(0, CancellationToken.None))
        {
            // One renews; the others need not wait as long as the token in memory serves.
            if (refused is null && Usable(Volatile.Read(ref cached)) is { } still)
            {
                return still;
            }

            await gate.WaitAsync(cancellationToken);
        }

        try
        {
            if (cached?.Token != refused && Fresh(cached) is { } token)
            {
                return token;
            }

            signer ??= new ApnsSigner(options.Value.Apns);
            var shared = await ShareAsync(refused, cancellationToken);
            Volatile.Write(ref cached, shared ?? cached);
            return shared is null ? Without("TokenContended") : ProviderToken.Of(shared);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return ProviderToken.None(PushResult.CannotSend(
                "InvalidPrivateKey", "The key for Apple's push service cannot be read."));
        }
        catch (Exception exception) when (exception is CosmosException or HttpRequestException)
        {
            return Survive(exception);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The token that all share, renewed if need be; null when it changed hands under our eyes.</summary>
    private Task<SharedToken?> ShareAsync(string? refused, CancellationToken cancellationToken)
    {
        if (refused is not null)
        {
            return ReplaceAsync(refused, cancellationToken);
        }

        return Usable(cached) is null ? JoinAsync(cancellationToken) : RenewAsync(cached!, cancellationToken);
    }

    /// <summary>
    /// Without a token in memory: the first of all is made, without a look before, as after an hour without pushes there is none; else
    /// that of the others is taken.
    /// </summary>
    private async Task<SharedToken?> JoinAsync(CancellationToken cancellationToken)
    {
        if (await TryWriteAsync(etag: null, cancellationToken) is { } first)
        {
            return first;
        }

        var shared = await store.ReadAsync(cancellationToken);
        return Usable(shared) is null ? await TryWriteAsync(shared?.ETag, cancellationToken) : shared;
    }

    /// <summary>
    /// The token in memory still serves for a while, so that one request is enough for this push: the write; or, where another instance
    /// was faster, at the next push the look at what it wrote.
    /// </summary>
    private async Task<SharedToken?> RenewAsync(SharedToken aging, CancellationToken cancellationToken) => aging.ETag is null
        ? await store.ReadAsync(cancellationToken) ?? aging
        : await TryWriteAsync(aging.ETag, cancellationToken) ?? aging with { ETag = null };

    private async Task<SharedToken?> ReplaceAsync(string refused, CancellationToken cancellationToken)
    {
        var shared = await store.ReadAsync(cancellationToken);
        var now = time.GetUtcNow();
        if (shared is not null && now - shared.IssuedAt < (shared.Token == refused ? NotBefore : RenewAt))
        {
            return shared;
        }

        if (shared is null && cached is not null && now - cached.IssuedAt < NotBefore)
        {
            return cached;
        }

        return await TryWriteAsync(shared?.ETag, cancellationToken) ?? await store.ReadAsync(cancellationToken);
    }

    /// <summary>Signs a token and shares it; null when another instance was faster.</summary>
    private async Task<SharedToken?> TryWriteAsync(string? etag, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var written = await store.TryWriteAsync(new SharedToken(signer!.Sign(now), now), etag, cancellationToken);
        if (written is not null)
        {
            Log.Renewed(logger, now);
        }

        return written;
    }

    /// <summary>A token that need not be renewed now.</summary>
    private ProviderToken? Fresh(SharedToken? token)
    {
        var now = time.GetUtcNow();
        return now - token?.IssuedAt < RenewAt || now < nextLook ? Usable(token) : null;
    }

    /// <summary>A token that Apple still takes.</summary>
    private ProviderToken? Usable(SharedToken? token) =>
        token is not null && time.GetUtcNow() - token.IssuedAt < Expiry ? ProviderToken.Of(token) : null;

    /// <summary>Without the database, the token in memory serves as long as Apple takes it.</summary>
    private ProviderToken Survive(Exception exception)
    {
        if (Usable(cached) is { } still)
        {
            nextLook = time.GetUtcNow() + BetweenLooks;
            Log.Survived(logger, exception);
            return still;
        }

        Log.Lost(logger, exception);
        return Without("TokenStoreUnavailable");
    }

    private static ProviderToken Without(string reason) =>
        ProviderToken.None(new PushResult.Unavailable(reason, null, "Our credentials for Apple could not be loaded; it will be tried again."));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Renewed the shared provider token for Apple's push service, issued {IssuedAt}.")]
        public static partial void Renewed(ILogger logger, DateTimeOffset issuedAt);

        [LoggerMessage(2, LogLevel.Warning, "The shared provider token could not be read; the one in memory is used.")]
        public static partial void Survived(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "The shared provider token could not be read, and there is none in memory.")]
        public static partial void Lost(ILogger logger, Exception exception);
    }
}
