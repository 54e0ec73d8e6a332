using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>
/// The registry of what is unique inside a tenant: names are entered for their user before the user's document says so, all of a user's in one
/// transaction. What the document does not say was left behind (a call that was killed, a name that was changed, a user who left) and is taken over.
/// </summary>
internal sealed class UniqueNames(IdentityStore identities, TimeProvider time)
{
    /// <summary>Longer than any call lasts from the entry to the user's document.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>So long an entry need not be written again for the user who has it: enough of the grace is left.</summary>
    private static readonly TimeSpan Fresh = Grace / 4;

    /// <summary>Enters names for a user, all of them or none: one request, and a few more when one was entered before.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="names">The names, see <see cref="FoldedNames"/>; of each use one at most.</param>
    /// <param name="replaces">The version of the user's document that is to be replaced by one with the names; null for a new user.</param>
    /// <param name="by">The id of who has them entered; null for the service itself.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The use of a name that another user of the tenant has; null when all are entered.</returns>
    /// <exception cref="TimeoutException">Others enter the same names again and again.</exception>
    public async Task<NameUse?> EnterAsync(
        UserKey owner, IReadOnlyList<(NameUse Use, string Folded)> names, string? replaces, string? by, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            return null;
        }

        var key = NameDocument.KeyOf(owner.TenantId);
        var result = await identities.UpdateAsync<IReadOnlyList<NameDocument?>, NameUse?>(
            key,
            async stop => await Task.WhenAll(names.Select(name => identities.ReadAsync<NameDocument>(key, NameDocument.IdOf(name.Use, name.Folded), stop))),
            DecideAsync,
            // Names are new in most cases.
            known: new NameDocument?[names.Count],
            IdentityStore.MaxAttempts,
            cancellationToken);
        return result.ValueOrTimeout("name");

        async Task<NameUse?> DecideAsync(IReadOnlyList<NameDocument?> known, UpdateAttempt attempt)
        {
            foreach (var ((use, folded), entry) in names.Zip(known))
            {
                if (entry is not null && entry.OwnerId != owner.UserId && await IsTakenAsync(entry, use, folded, cancellationToken))
                {
                    return use;
                }
            }

            var now = time.GetUtcNow();
            foreach (var ((use, folded), entry) in names.Zip(known))
            {
                if (entry is not null && entry.OwnerId == owner.UserId && entry.Replaces == replaces && (now - entry.EnteredAt).Duration() < Fresh)
                {
                    continue;
                }

                attempt.Batch.Write(new NameDocument
                {
                    Id = NameDocument.IdOf(use, folded),
                    TenantId = key.TenantId,
                    UserId = key.UserId,
                    OwnerId = owner.UserId,
                    EnteredBy = by,
                    EnteredAt = now,
                    Replaces = replaces,
                    ETag = entry?.ETag,
                });
            }

            return null;
        }
    }

    /// <summary>
    /// The id of a new user for whom a name was entered by this caller, and who does not exist: a call of the caller's is under way, or ended in
    /// between. Null when it is not so.
    /// </summary>
    public async Task<string?> UnfinishedAsync(string tenantId, NameUse use, string folded, string by, CancellationToken cancellationToken)
    {
        var entry = await identities.ReadAsync<NameDocument>(NameDocument.KeyOf(tenantId), NameDocument.IdOf(use, folded), cancellationToken);
        return entry is { Replaces: null } && entry.EnteredBy == by
            && await identities.ReadUnscopedAsync<UserDocument>(new UserKey(tenantId, entry.OwnerId), UserDocument.DocumentId, cancellationToken) is null
                ? entry.OwnerId
                : null;
    }

    private async Task<bool> IsTakenAsync(NameDocument known, NameUse use, string folded, CancellationToken cancellationToken) => known.IsTaken(
        // Also of another department: what is unique in the tenant is so for everybody.
        await identities.ReadUnscopedAsync<UserDocument>(new UserKey(known.TenantId, known.OwnerId), UserDocument.DocumentId, cancellationToken),
        use,
        folded,
        isRecent: time.GetUtcNow() - known.EnteredAt < Grace);
}
