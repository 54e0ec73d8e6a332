using System.Collections.Concurrent;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Provisioning;

/// <summary>
/// Finds provisioning tokens: one read, and none for half a minute after it. So long a token that was revoked may still be accepted by another
/// instance than the one that revoked it.
/// </summary>
internal sealed partial class ProvisioningTokens(IdentityStore identities, TimeProvider time, ILogger<ProvisioningTokens> logger)
{
    /// <summary>How old what is known of a token may be, also when the clock was set back meanwhile.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    /// <summary>How exactly the last use is known.</summary>
    private static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(5);

    /// <summary>Tokens that one instance remembers.</summary>
    private const int MaxKnown = 1_000;

    private readonly ConcurrentDictionary<(string TenantId, string TokenId), Known> known = new();

    /// <summary>The stored token that this is; null when there is none, or it was revoked or has expired.</summary>
    public async Task<ProvisioningTokenDocument?> FindAsync(ProvisioningToken token, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var stored = await ReadAsync(token, now, cancellationToken);

        // Compared in any case: how long it takes does not tell whether there is such a token.
        var isRight = ConstantTime.Equals(stored?.Digest ?? "", token.Digest);
        if (stored is null || !isRight || !stored.IsValidAt(now))
        {
            return null;
        }

        await RememberUseAsync(stored, now, cancellationToken);
        return stored;
    }

    /// <summary>Whether this instance accepted the token before: whoever has it has not guessed it.</summary>
    public bool Knows(ProvisioningToken token) =>
        known.TryGetValue((token.TenantId, token.TokenId), out var earlier) && ConstantTime.Equals(earlier.Document.Digest, token.Digest);

    /// <summary>What was known of a token is read again.</summary>
    public void Forget(string tenantId, string tokenId) => known.TryRemove((tenantId, tokenId), out _);

    private async Task<ProvisioningTokenDocument?> ReadAsync(ProvisioningToken token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = (token.TenantId, token.TokenId);
        if (known.TryGetValue(key, out var earlier) && (now - earlier.ReadAt).Duration() < Fresh)
        {
            return earlier.Document;
        }

        var document = await identities.ReadAsync<ProvisioningTokenDocument>(
            ProvisioningTokenDocument.KeyOf(token.TenantId), ProvisioningTokenDocument.IdOf(token.TokenId), cancellationToken);
        if (document is null)
        {
            // Whoever invents tokens fills no memory.
            known.TryRemove(key, out _);
            return null;
        }

        if (known.Count >= MaxKnown)
        {
            known.Clear();
        }

        var usedAt = earlier?.UsedAt > document.LastUsedAt ? earlier.UsedAt : document.LastUsedAt;
        known[key] = new Known(document, now, usedAt);
        return document;
    }

    private async Task RememberUseAsync(ProvisioningTokenDocument token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = (token.TenantId, token.TokenId);
        if (!known.TryGetValue(key, out var current) || (now - current.UsedAt)?.Duration() < UseInterval || !known.TryUpdate(key, current with { UsedAt = now }, current))
        {
            return;
        }

        try
        {
            await identities.TryPatchAsync(
                token.Key, token.Id, "FROM c WHERE NOT IS_DEFINED(c.revokedAt)", [PatchOperation.Set("/lastUsedAt", now)], cancellationToken);
        }
        catch (CosmosException exception)
        {
            // That it was used is no reason to refuse it.
            Log.UseNotWritten(logger, exception, token.TokenId);
        }
    }

    private sealed record Known(ProvisioningTokenDocument Document, DateTimeOffset ReadAt, DateTimeOffset? UsedAt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The last use of provisioning token {TokenId} could not be written.")]
        public static partial void UseNotWritten(ILogger logger, Exception exception, string tokenId);
    }
}
