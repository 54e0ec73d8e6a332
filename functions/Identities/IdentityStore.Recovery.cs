using System.Text.Json;

namespace BlokSec.Functions.Identities;

/// <summary>Finds again what a user's document lost.</summary>
internal sealed partial class IdentityStore
{
    /// <summary>A number beyond this is no epoch: it grows by one with every reset.</summary>
    private const int HighestEpoch = 1_000_000_000;

    /// <summary>DIDs that one user's document remembers at most.</summary>
    private const int MaxRetiredDids = 1_000;

    /// <summary>Members that tell which DIDs are retired; without one of them all that are named elsewhere are.</summary>
    private static readonly string[] TellsDids = ["did", "retiredDids", "keysEntered", "epoch"];

    /// <summary>
    /// Lets an administrator's decision about a user be made although members of the user's document on which it depends cannot be read.
    /// The epoch is the highest that another document of the user names, so that no DID of before comes back; a lost DID and active device
    /// are none. Costs nothing where the user can be read, else one request, and another one for a reset.
    /// </summary>
    /// <param name="snapshot">What was read of the partition.</param>
    /// <param name="isReset">Whether the DID is reset: then every DID that any document of the user names is found, to be retired.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NewerDocumentException">A later version of the service wrote the document, and a reset would write over what it means.</exception>
    public async Task RecoverUserAsync(PartitionSnapshot snapshot, bool isReset, CancellationToken cancellationToken)
    {
        if (snapshot.DamagedUser is not { } damaged)
        {
            return;
        }

        if (isReset)
        {
            snapshot.EnsureReplaceable(UserDocument.DocumentId);
        }

        var epoch = damaged.Lost.Contains("epoch") ? await HighestEpochAsync(damaged.Key, cancellationToken) : damaged.Epoch;
        var dids = isReset && damaged.Lost.Any(TellsDids.Contains) ? await NamedDidsAsync(damaged.Key, cancellationToken) : null;
        snapshot.Recover(damaged with
        {
            Epoch = epoch,
            RetiredDids = dids is null ? damaged.RetiredDids : [.. damaged.RetiredDids.Union(dids).Where(did => did != damaged.Did)],
            KeysEntered = dids is null && damaged.KeysEntered,
        });
    }

    private async Task<long> HighestEpochAsync(UserKey key, CancellationToken cancellationToken)
    {
        var query = $"SELECT VALUE MAX(c.epoch) FROM c WHERE c.type != 'user' AND IS_NUMBER(c.epoch) AND c.epoch <= {HighestEpoch}";
        var highest = 1L;
        await foreach (var found in StreamAsync<JsonElement>(key, query, [], cancellationToken))
        {
            highest = found.ValueKind == JsonValueKind.Number ? Math.Max(highest, (long)Math.Ceiling(found.GetDouble())) : highest;
        }

        return highest;
    }

    /// <summary>The DIDs that accounts, operations and the audit name.</summary>
    private async Task<HashSet<string>> NamedDidsAsync(UserKey key, CancellationToken cancellationToken)
    {
        const string query =
            """
            SELECT c.did, c.before.did AS earlier, c.after.did AS later FROM c
            WHERE c.type IN ('account', 'operation', 'audit')
            """;
        var dids = new HashSet<string>();
        await foreach (var named in StreamAsync<JsonElement>(key, query, [], cancellationToken))
        {
            dids.UnionWith(named.EnumerateObject()
                .Where(member => member.Value.ValueKind == JsonValueKind.String)
                .Select(member => member.Value.GetString()!)
                .Take(MaxRetiredDids - dids.Count));
        }

        return dids;
    }
}
