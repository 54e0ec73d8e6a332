using System.Net;
using System.Text.Json;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Owners;

/// <summary>The registry of keys of all tenants: a key has one owner and one use forever. Entries are created and read, nothing else.</summary>
internal sealed class KeyOwners(CosmosClient client, IOptions<IdentitiesOptions> options, TimeProvider time)
{
    private static readonly ItemRequestOptions Quiet = new() { EnableContentResponseOnWrite = false };

    private readonly Container container = client.GetContainer(options.Value.Database, options.Value.OwnersContainer);

    /// <summary>Enters a key for its owner: one request, and a second one when it was entered before.</summary>
    /// <param name="thumbprint">RFC 7638 thumbprint of the key.</param>
    /// <param name="use">One of <see cref="KeyUses"/>.</param>
    /// <param name="owner">Who has proved to have the private key.</param>
    /// <param name="epoch">The owner's epoch.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<KeyOwnership> EnterAsync(
        string thumbprint, string use, UserKey owner, long epoch, CancellationToken cancellationToken)
    {
        var key = new OwnedKey
        {
            Id = OwnedKey.IdOf(thumbprint),
            TenantId = owner.TenantId,
            UserId = owner.UserId,
            Use = use,
            Epoch = epoch,
            EnteredAt = time.GetUtcNow(),
        };
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(key, Json.Documents));
        using var response = await container.CreateItemStreamAsync(body, new PartitionKey(key.Id), Quiet, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Conflict)
        {
            return await FindAsync(thumbprint, use, owner, cancellationToken);
        }

        response.EnsureSuccessStatusCode();
        return new KeyOwnership.New();
    }

    /// <summary>Whose the key is; nothing is entered.</summary>
    public async Task<KeyOwnership> FindAsync(string thumbprint, string use, UserKey user, CancellationToken cancellationToken)
    {
        var id = OwnedKey.IdOf(thumbprint);
        using var response = await container.ReadItemStreamAsync(id, new PartitionKey(id), cancellationToken: cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return new KeyOwnership.New();
        }

        response.EnsureSuccessStatusCode();
        var key = await JsonSerializer.DeserializeAsync<OwnedKey>(response.Content, Json.Documents, cancellationToken);
        return key switch
        {
            not null when !key.IsOf(user) => new KeyOwnership.OfOther(),
            not null when key.Use == use => new KeyOwnership.OfCaller(key),
            _ => new KeyOwnership.OfOtherUse(),
        };
    }
}
