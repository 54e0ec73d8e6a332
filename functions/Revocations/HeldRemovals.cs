using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Signals;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Revocations;

/// <summary>
/// Removals on hold: the devices are blocked, and what cannot be taken back waits. A hold ends in one transaction of the operation's document, either
/// here or in <see cref="WithdrawRemoval"/>: whichever is second finds that it ended.
/// </summary>
internal sealed class HeldRemovals(
    IdentityStore identities, RevocationRecords records, SignalDispatch signals, OperationDispatch dispatch, TimeProvider time)
{
    /// <summary>Reads an operation, the user, and what was removed.</summary>
    public async Task<PartitionSnapshot> ReadAsync(UserKey key, string operationId, CancellationToken cancellationToken)
    {
        var operation = await identities.ReadAsync<OperationDocument>(key, OperationDocument.IdOf(operationId), cancellationToken);
        string[] devices = operation is { Hold: not null } held ? [.. held.DeviceIds] : [];
        var snapshot = await identities.QueryAsync(
            key,
            [
                UserDocument.DocumentId,
                OperationDocument.IdOf(operationId),
                .. devices.Select(DeviceDocument.IdOf),
                .. devices.Select(RevocationDocument.IdOf),
            ],
            cancellationToken);
        snapshot.EnsureRead(OperationDocument.IdOf(operationId));
        return snapshot;
    }

    /// <summary>
    /// Ends the hold, before anything is sent: from then on the removal cannot be taken back. Signs the statements, and makes what applications must learn.
    /// </summary>
    /// <returns>When the message is to come again; null when the removal may be carried out, or was taken back.</returns>
    public async Task<Outcome?> EndAsync(RevocationMessage message, CancellationToken cancellationToken)
    {
        var key = new UserKey(message.TenantId, message.UserId);
        var result = await identities.UpdateAsync(key, stop => ReadAsync(key, message.OperationId, stop), End, cancellationToken);
        return result.Status == UpdateStatus.Contended ? new Outcome.Later(time.GetUtcNow().AddSeconds(1)) : result.Value;

        Outcome? End(PartitionSnapshot snapshot, UpdateAttempt attempt)
        {
            if (snapshot.Operation(message.OperationId) is not { Hold: { EndedAt: null } hold } operation)
            {
                return null;
            }

            if (operation.EndHold(time.GetUtcNow()) is not { } ended)
            {
                return new Outcome.Later(hold.Until);
            }

            Write(attempt.Batch, snapshot, ended);
            return null;
        }
    }

    /// <summary>The device may be in other hands: the hold ends now.</summary>
    /// <returns>The operation as it is from now on.</returns>
    public async Task<OperationDocument> CutShortAsync(OperationDocument operation, RevocationRequest request, CancellationToken cancellationToken)
    {
        var result = await identities.UpdateAsync<OperationDocument?, OperationDocument?>(
            operation.Key,
            stop => identities.ReadAsync<OperationDocument>(operation.Key, operation.Id, stop),
            (current, attempt) =>
            {
                if (current?.ShortenHold(request.LostSince, time.GetUtcNow()) is not { } shortened)
                {
                    return current;
                }

                attempt.Batch.Replace(shortened).Create(
                    shortened.Key.Entry(shortened.UpdatedAt, request.By, AuditActions.RemovalHoldCutShort, [.. shortened.DeviceIds]) with
                    {
                        OperationId = shortened.OperationId,
                        Reason = request.Reason,
                    });
                return shortened;
            },
            known: operation,
            cancellationToken);
        if (result is { IsWritten: true, Value: { } written })
        {
            await dispatch.TryAsync(written, OperationDispatch.MarkOf(written.UpdatedAt));
        }

        return result.Value ?? operation;
    }

    private void Write(PartitionBatch batch, PartitionSnapshot snapshot, OperationDocument ended)
    {
        batch.Replace(ended);
        var revocations = ended.DeviceIds.Select(snapshot.Revocation).OfType<RevocationDocument>().ToArray();
        foreach (var revocation in revocations)
        {
            batch.Replace(records.EndHold(revocation, snapshot.Device(revocation.DeviceId), ended.Kind, ended.UpdatedAt));
        }

        foreach (var device in snapshot.Devices)
        {
            batch.Patch(device.Id, IsHeldBy(ended.OperationId), PatchOperation.Set<string?>("/heldBy", null));
        }

        if (snapshot.User is { } user)
        {
            signals.Add(batch, UserSignals.HeldDevicesRemoved(user, revocations, ended));
        }
    }

    /// <summary>The condition that a device is blocked by an operation that is on hold.</summary>
    public static string IsHeldBy(string operationId) => $"FROM c WHERE c.state = 'revoked' AND c.heldBy = '{operationId}'";
}
