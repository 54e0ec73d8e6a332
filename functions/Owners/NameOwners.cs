using System.Net;
using System.Text.Json;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Owners;

/// <summary>
/// The registry of what is unique inside a tenant: a name is entered for its user before the user's document says so. What the document does not
/// say was left behind (a call that was killed, a name that was changed, a user who left) and is taken over.
/// </summary>
internal sealed class NameOwners(CosmosClient client, IdentityStore identities, IOptions<IdentitiesOptions> options, TimeProvider time)
{
    /// <summary>Longer than any call lasts from the entry to the user's document.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private static readonly ItemRequestOptions Quiet = new() { EnableContentResponseOnWrite = false };

    private readonly Container container = client.GetContainer(options.Value.Database, options.Value.OwnersContainer);

    /// <summary>Enters a name for a user: one request, and up to three more when it was entered before.</summary>
    /// <param name="use">What the name is.</param>
    /// <param name="owner">The user.</param>
    /// <param name="folded">The name, see <see cref="FoldedNames"/>.</param>
    /// <param name="replaces">The version of the user's document that is to be replaced by one with the name; null for a new user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The entry; null when another user of the tenant has the name.</returns>
    public async Task<OwnedName?> TryEnterAsync(
        NameUse use, UserKey owner, string folded, string? replaces, CancellationToken cancellationToken)
    {
        var entry = new OwnedName
        {
            Id = OwnedName.IdOf(use, owner.TenantId, folded),
            TenantId = owner.TenantId,
            UserId = owner.UserId,
            EnteredAt = time.GetUtcNow(),
            Replaces = replaces,
        };
        OwnedName? known = null;
        for (var attempt = 0; attempt < IdentityStore.MaxAttempts; attempt++)
        {
            if (await WriteAsync(entry, known, cancellationToken) is { } written)
            {
                return written;
            }

            known = await ReadAsync(entry.Id, cancellationToken);
            if (known is not null && known.UserId != owner.UserId && await IsTakenAsync(known, use, folded, cancellationToken))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Takes an entry of this very call back, for nothing was written; one that fails here is taken over later.</summary>
    public async Task ReleaseAsync(OwnedName entry, CancellationToken cancellationToken)
    {
        using var response = await container.DeleteItemStreamAsync(
            entry.Id, new PartitionKey(entry.Id), new ItemRequestOptions { IfMatchEtag = entry.ETag }, cancellationToken);
    }

    private async Task<bool> IsTakenAsync(OwnedName known, NameUse use, string folded, CancellationToken cancellationToken) => known.IsTaken(
        await identities.ReadAsync<UserDocument>(new UserKey(known.TenantId, known.UserId), UserDocument.DocumentId, cancellationToken),
        use,
        folded,
        isRecent: time.GetUtcNow() - known.EnteredAt < Grace);

    private async Task<OwnedName?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await container.ReadItemStreamAsync(id, new PartitionKey(id), cancellationToken: cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await JsonSerializer.DeserializeAsync<OwnedName>(response.Content, Json.Documents, cancellationToken);
    }

    /// <summary>Creates the entry, or replaces the one that was read; null when somebody else was faster.</summary>
    private async Task<OwnedName?> WriteAsync(OwnedName entry, OwnedName? known, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(entry, Json.Documents));
        var key = new PartitionKey(entry.Id);
        using var response = known is null
            ? await container.CreateItemStreamAsync(body, key, Quiet, cancellationToken)
            : await container.ReplaceItemStreamAsync(
                body, entry.Id, key, new ItemRequestOptions { IfMatchEtag = known.ETag, EnableContentResponseOnWrite = false }, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return entry with { ETag = response.Headers.ETag };
    }
}
