using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>The app was opened: alive, or removed with the signed statement.</summary>
internal sealed class GetDeviceStatus(IdentityStore identities, ReplayGuard replays, TimeProvider time)
{
    /// <summary>How exact "last active" is; so that opening the app often costs one read each.</summary>
    private static readonly TimeSpan LastActiveGrain = TimeSpan.FromMinutes(5);

    /// <inheritdoc cref="GetDeviceStatus"/>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [ProducesResponseType<DeviceStatus>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved)]
    public async Task<IResult> HandleAsync(DeviceProof proof, CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        var now = time.GetUtcNow();
        var device = await identities.ReadAsync<DeviceDocument>(key, DeviceDocument.IdOf(proof.DeviceId), cancellationToken);
        if (device is not null && !replays.TryRemember(proof))
        {
            return DeviceAnswers.Replayed();
        }

        if (device is { State: DeviceState.Active } && await TouchAsync(device, now, cancellationToken))
        {
            return TypedResults.Ok(new DeviceStatus(device.DeviceId, device.Epoch, device.Name, device.PushStatus, now));
        }

        return await RemovedAsync(key, proof, now, isRemembered: device is not null, cancellationToken);
    }

    /// <summary>Refreshes "last active"; false when the device was removed since it was read.</summary>
    private async Task<bool> TouchAsync(DeviceDocument device, DateTimeOffset now, CancellationToken cancellationToken) =>
        now - device.LastActiveAt < LastActiveGrain || await identities.TryPatchAsync(
            device.Key, device.Id, "FROM c WHERE c.state = 'active'", [PatchOperation.Set("/lastActiveAt", now)], cancellationToken);

    /// <summary>The answer to a device that is not alive. Proofs of strangers are not remembered: they could fill the memory.</summary>
    private async Task<IResult> RemovedAsync(
        UserKey key, DeviceProof proof, DateTimeOffset now, bool isRemembered, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            var revocation = await identities.ReadAsync<RevocationDocument>(
                key, RevocationDocument.IdOf(proof.DeviceId), cancellationToken);
            if (revocation is null)
            {
                return DeviceAnswers.Unknown();
            }

            if (!isRemembered && !replays.TryRemember(proof))
            {
                return DeviceAnswers.Replayed();
            }

            isRemembered = true;
            if (revocation is { LearnedAt: not null } or { ConfirmedAt: not null })
            {
                return DeviceAnswers.Removed(revocation);
            }

            var entry = key.Entry(now, AuditActor.Phone(proof.DeviceId), AuditActions.RemovalLearned, proof.DeviceId) with
            {
                OperationId = revocation.OperationId,
            };
            var result = await identities.Begin(key)
                .Replace(RevocationRecords.Learned(revocation, now))
                .Create(entry)
                .CommitAsync(cancellationToken);
            if (result == BatchResult.Committed)
            {
                Measures.Revocation("learned", now - revocation.BlockedAt);
                return DeviceAnswers.Removed(revocation);
            }
        }

        throw new TimeoutException("The revocation is being changed again and again.");
    }
}
