using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Accounts;

/// <summary>
/// Brings the DID of every account to that of the user: none after an unregistration, the new one after a claim. Accounts only
/// ever move forward (by epoch, and inside an epoch from none to bound), so a message that comes late or twice changes nothing.
/// </summary>
internal sealed class ResetDid(IdentityStore identities, QueueSender queues, OperationProgress progress)
    : IQueueFunction<DidResetMessage>
{
    /// <summary>Accounts that one message works on before it hands over to the next, so that no message outlives its lock.</summary>
    private const int AccountsPerMessage = 5000;

    private const int PageSize = 1000;

    public async Task<Outcome> HandleAsync(DidResetMessage message, CancellationToken cancellationToken)
    {
        var key = new UserKey(message.TenantId, message.UserId);
        for (var done = 0; done < AccountsPerMessage;)
        {
            // Always from the front: what was changed no longer meets the condition, so memory holds one page.
            var (page, more) = await BehindAsync(key, message, cancellationToken);
            foreach (var accounts in page.Chunk(PartitionBatch.MaxOperations))
            {
                if (!await MoveAsync(key, message, accounts, cancellationToken))
                {
                    // Somebody moved one of them meanwhile; look again.
                    more = true;
                    break;
                }
            }

            if (!more)
            {
                return await progress.CompleteAsync(
                    message, new StepEnd(OperationStepName.ResetDid), cancellationToken);
            }

            done += page.Count;
        }

        var next = message with { Part = message.Part + 1, Attempt = 0, Failures = 0, FailingSince = null };
        await queues.SendAsync(Queues.DidResets, next, due: null, cancellationToken);
        return Outcome.Done.Instance;
    }

    public Task GiveUpAsync(DidResetMessage message, string reason, CancellationToken cancellationToken) =>
        progress.FailAsync(message, OperationStepName.ResetDid, reason, cancellationToken);

    private Task<(IReadOnlyList<string> Ids, bool More)> BehindAsync(
        UserKey key, DidResetMessage message, CancellationToken cancellationToken) => identities.FirstPageAsync<string>(
            key,
            $"SELECT VALUE c.id FROM c WHERE c.type = 'account' AND {Behind(message)}",
            [("@epoch", message.Epoch)],
            PageSize,
            cancellationToken);

    private static string Behind(DidResetMessage message) => message.Did is null
        ? "c.epoch < @epoch"
        : "(c.epoch < @epoch OR (c.epoch = @epoch AND (NOT IS_DEFINED(c.did) OR IS_NULL(c.did))))";

    private async Task<bool> MoveAsync(
        UserKey key, DidResetMessage message, string[] accounts, CancellationToken cancellationToken)
    {
        var condition = $"FROM c WHERE {Behind(message)}".Replace(
            "@epoch", message.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var batch = identities.Begin(key);
        foreach (var id in accounts)
        {
            batch.Patch(
                id, condition, PatchOperation.Set("/did", message.Did), PatchOperation.Set("/epoch", message.Epoch));
        }

        return await batch.CommitAsync(cancellationToken) == BatchResult.Committed;
    }
}
