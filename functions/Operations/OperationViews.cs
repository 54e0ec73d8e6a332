using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Operations;

/// <summary>What administrators see of operations and revocations: never a push handle, a statement or a key.</summary>
internal static class OperationViews
{
    public static OperationDetails ToDetails(this OperationDocument operation) => new(
        operation.OperationId,
        operation.UserId,
        operation.Kind,
        operation.Status,
        operation.RequestedBy.Shown(),
        operation.Reason?.Shown(),
        operation.RequestedAt,
        operation.DispatchedAt,
        operation.FinishedAt,
        [.. operation.Steps.Select(step => new OperationStepDetails(
            step.Name, step.Status, step.Completed, step.Total, step.UpdatedAt, step.Detail)
        {
            ApplicationId = step.ApplicationId,
            ApplicationName = step.ApplicationName?.Shown(),
        })],
        operation.DeviceIds)
    {
        AccountScope = operation.Accounts?.Kind,
        LostSince = operation.LostSince,
        HeldUntil = operation.IsHeld() ? operation.Hold!.Until : null,
        WithdrawnBy = operation.Hold?.WithdrawnBy?.Shown(),
        BulkOperationId = operation.BulkOperationId,
    };

    public static RevocationDetails ToDetails(this RevocationDocument revocation) => new(
        revocation.DeviceId,
        revocation.Name.Shown(),
        revocation.Model.Shown(),
        revocation.Platform,
        revocation.Epoch,
        revocation.OperationId,
        revocation.State,
        revocation.BlockedAt,
        revocation.Push,
        revocation.PushReason,
        revocation.PushAttempts,
        revocation.NextAttemptAt,
        revocation.RetryUntil,
        revocation.Timeline)
    {
        NudgeUntil = revocation.HandleKeptUntil,
        HeldUntil = revocation.IsHeld ? revocation.HeldUntil : null,
    };
}
