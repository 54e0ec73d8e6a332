using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Accounts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Limits;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>The app was opened: active, or removed with the signed statement.</summary>
internal sealed class GetDeviceStatus(
    IdentityStore identities, AccountPages accounts, RemovedDevices removed, PhoneWrites writes, ReplayGuard replays, TimeProvider time)
{
    /// <summary>How exact "last active" is; so that opening the app often costs one read each.</summary>
    private static readonly TimeSpan LastActiveGrain = TimeSpan.FromMinutes(5);

    /// <inheritdoc cref="GetDeviceStatus"/>
    /// <param name="context">The request.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="accountsVersion">The version of the accounts that the app knows, or -1 for none: when there is another one, the answer has the accounts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetDeviceStatus))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType<DeviceStatus>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mobile/device/status")] HttpContext context,
        DeviceProof proof,
        [Range(typeof(long), "-1", "9007199254740991", ErrorMessage = "is -1 or a version that an earlier answer told")] long? accountsVersion,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        var now = time.GetUtcNow();
        DeviceDocument? device;
        try
        {
            device = await identities.ReadAsync<DeviceDocument>(key, DeviceDocument.IdOf(proof.DeviceId), cancellationToken);
        }
        catch (Exception exception) when (exception is UnreadableDocumentException or NewerDocumentException)
        {
            // It may have been removed all the same. If not, it is asked to come back: it must neither reset nor be taken for unknown.
            if (await RevocationAsync(key, proof, cancellationToken) is { } told)
            {
                return await removed.TellAsync(told, proof, isSpent: false, cancellationToken);
            }

            throw;
        }

        if (device is { State: DeviceState.Active })
        {
            if (!replays.TryRemember(proof))
            {
                return DeviceAnswers.Replayed();
            }

            if (await CheckInAsync(device, proof, now, cancellationToken))
            {
                return TypedResults.Ok(new DeviceStatus(device.DeviceId, device.Epoch, device.Name, device.PushStatus, now)
                {
                    SuspendedAt = device.SuspendedAt,
                    AccountsVersion = device.AccountsVersion,

                    // Read after the version: what changes in between comes once more, and is never missed.
                    Accounts = accountsVersion is null || accountsVersion == device.AccountsVersion
                        ? null
                        : await accounts.ReadOwnAsync(key, after: null, cancellationToken),
                });
            }
        }

        // Proofs of strangers are not remembered: they could fill the memory.
        return await RevocationAsync(key, proof, cancellationToken) is { } revocation
            ? await removed.TellAsync(revocation, proof, isSpent: device is { State: DeviceState.Active }, cancellationToken)
            : DeviceAnswers.Unknown();
    }

    private Task<RevocationDocument?> RevocationAsync(UserKey key, DeviceProof proof, CancellationToken cancellationToken) =>
        identities.ReadAsync<RevocationDocument>(key, RevocationDocument.IdOf(proof.DeviceId), cancellationToken);

    /// <summary>
    /// Refreshes "last active" and what the phone tells of itself; false when the device was removed since it was read. What it tells too
    /// often is left for later: its status does not depend on it.
    /// </summary>
    private async Task<bool> CheckInAsync(DeviceDocument device, DeviceProof proof, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changes = device.IsPartial ? [] : CheckIn.Changes(device, proof.Facts, now);
        if (changes.Count > 0 && writes.Refuse(proof.TenantId, proof.UserId, PhoneWrite.CheckIn) is not null)
        {
            changes.Clear();
        }

        if (changes.Count > 0 || now - device.LastActiveAt >= LastActiveGrain)
        {
            changes.Add(PatchOperation.Set("/lastActiveAt", now));
        }

        if (changes.Count > 1 && CheckIn.Entry(device, proof.Facts, now) is { } entry)
        {
            var batch = identities.Begin(device.Key).Patch(device.Id, DeviceDocument.IsActive, changes).Create(entry);
            return await batch.CommitAsync(cancellationToken) == BatchResult.Committed;
        }

        return changes.Count == 0 || await identities.TryPatchAsync(device.Key, device.Id, DeviceDocument.IsActive, changes, cancellationToken);
    }
}
