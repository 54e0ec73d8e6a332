using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;

namespace BlokSec.Functions.Enrollment;

/// <summary>The work that a redemption leaves behind: binding the new DID to the user's accounts.</summary>
internal sealed class ClaimOperations(IdentityStore identities, OperationDispatch dispatch)
{
    /// <summary>The operation as the redemption commits it.</summary>
    public static OperationDocument Create(UserDocument user, DeviceDocument device, DateTimeOffset now)
    {
        var operationId = Guid.CreateVersion7(now).ToString("N");
        return new OperationDocument
        {
            Id = OperationDocument.IdOf(operationId),
            TenantId = user.TenantId,
            UserId = user.UserId,
            OperationId = operationId,
            Kind = OperationKind.Enrollment,
            Status = OperationStatus.NotStarted,
            RequestedBy = device.Name,
            RequestedAt = now,
            UpdatedAt = now,
            Fingerprint = "",
            Epoch = user.Epoch,
            Did = user.Did,
            DeviceIds = [device.DeviceId],
            TraceParent = Activity.Current?.Id,
            Steps = [new OperationStep(OperationStepName.ResetDid, OperationStatus.NotStarted, 0, user.AccountCount, now)],
        };
    }

    public Task DispatchAsync(OperationDocument operation) => dispatch.TryAsync(operation, resumed: null);

    /// <summary>Queues the work again when nothing shows that it was queued: the bus was out, or this app was killed before it was.</summary>
    public async Task DispatchAgainAsync(ClaimDocument claim, CancellationToken cancellationToken)
    {
        if (claim.OperationId is { } operationId
            && await identities.ReadAsync<OperationDocument>(claim.Key, OperationDocument.IdOf(operationId), cancellationToken)
                is { Status: OperationStatus.NotStarted } operation)
        {
            await dispatch.TryAsync(operation, OperationDispatch.MarkOf(operation.UpdatedAt));
        }
    }
}
