using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Claims;

/// <summary>A phone enrolls with a claim: one batch makes the device, the new DID and the claim's end.</summary>
internal sealed class RedeemClaim(
    IdentityStore identities,
    ClaimCodes codes,
    DidProofs didProofs,
    OperationDispatch dispatch,
    ClaimAttempts attempts,
    RemovedDevices removed,
    PhoneWrites writes,
    TimeProvider time)
{
    /// <inheritdoc cref="RedeemClaim"/>
    /// <param name="httpRequest">The call.</param>
    /// <param name="request">Code, DID and phone.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [ProducesResponseType<EnrolledDevice>(StatusCodes.Status201Created)]
    [ProducesResponseType<EnrolledDevice>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.ClaimInvalid, ProblemCodes.ClaimLocked, ProblemCodes.DidRetired, ProblemCodes.ClaimUsed,
        ProblemCodes.DeviceRemoved, ProblemCodes.Conflict, ProblemCodes.ClaimExpired)]
    public async Task<IResult> HandleAsync(
        HttpRequest httpRequest, RedeemClaimRequest request, DeviceProof proof, CancellationToken cancellationToken)
    {
        if (DeviceAnswers.Mismatch(proof, request.TenantId, request.UserId) is { } mismatch)
        {
            return mismatch;
        }

        if (didProofs.Fault(httpRequest, proof, request.Did, request.DidProof, request.Code) is { } fault)
        {
            return DeviceAnswers.ProofInvalid(fault);
        }

        var key = new UserKey(request.TenantId, request.UserId);
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            var snapshot = await ReadAsync(key, proof, cancellationToken);
            if (attempt == 0 && snapshot.Has(ProofDocument.IdOf(proof.DeviceId, proof.Jti)))
            {
                return DeviceAnswers.Replayed();
            }

            if (snapshot.Revocation(proof.DeviceId) is { } revocation)
            {
                return await removed.TellAsync(revocation, proof, isSpent: false, cancellationToken);
            }

            if (snapshot.User is not { } user || snapshot.Claim is not { } claim || !codes.Matches(request.Code, claim))
            {
                await attempts.CountAsync(key, snapshot.Claim, cancellationToken);
                return Invalid();
            }

            if (Refuse(user, claim, snapshot, proof) is { } refusal)
            {
                return refusal;
            }

            if (user.RetiredDids.Contains(request.Did))
            {
                return await RetiredDids.RefuseAsync(identities, proof, request.Did, time.GetUtcNow(), cancellationToken);
            }

            if (attempt == 0 && writes.Refuse(proof.TenantId, proof.UserId, PhoneWrite.Enrollment) is { } tooMany)
            {
                return tooMany;
            }

            if (await CommitAsync(user, claim, request, proof, cancellationToken) is { } enrolled)
            {
                await dispatch.TryAsync(enrolled.Operation, resumed: null);
                return TypedResults.Json(enrolled.Device, statusCode: StatusCodes.Status201Created);
            }
        }

        return Problems.TooManyConflicts();
    }

    private static IResult Invalid() => Problems.Of(
        StatusCodes.Status403Forbidden, ProblemCodes.ClaimInvalid, "This QR code is not valid. Ask your administrator for a new one.");

    private Task<PartitionSnapshot> ReadAsync(UserKey key, DeviceProof proof, CancellationToken cancellationToken) => identities.QueryAsync(
        key,
        [
            UserDocument.DocumentId,
            ClaimDocument.DocumentId,
            DeviceDocument.IdOf(proof.DeviceId),
            RevocationDocument.IdOf(proof.DeviceId),
            ProofDocument.IdOf(proof.DeviceId, proof.Jti),
        ],
        cancellationToken);

    /// <summary>Why somebody with the right code is refused all the same; or the answer once more for the phone that redeemed it.</summary>
    private IResult? Refuse(UserDocument user, ClaimDocument claim, PartitionSnapshot snapshot, DeviceProof proof)
    {
        if (claim.State == ClaimState.Redeemed && claim.RedeemedByDeviceId == proof.DeviceId
            && snapshot.Device(proof.DeviceId) is { State: DeviceState.Active } device)
        {
            return TypedResults.Ok(DeviceRegistrations.Enrolled(user, device));
        }

        return claim.StateAt(time.GetUtcNow()) switch
        {
            ClaimState.Redeemed => Problems.Conflict(ProblemCodes.ClaimUsed, "This QR code was used. Ask your administrator for a new one."),
            ClaimState.Locked => Problems.Of(
                StatusCodes.Status403Forbidden,
                ProblemCodes.ClaimLocked,
                "Too many wrong codes were tried. Ask your administrator to renew the claim."),
            ClaimState.Expired => Problems.Of(
                StatusCodes.Status410Gone, ProblemCodes.ClaimExpired, "This QR code is too old. Ask your administrator for a new one."),
            ClaimState.Open when claim.Epoch == user.Epoch && user.DidState == DidState.Unclaimed => null,
            _ => Invalid(),
        };
    }

    private async Task<(EnrolledDevice Device, OperationDocument Operation)?> CommitAsync(
        UserDocument user, ClaimDocument claim, RedeemClaimRequest request, DeviceProof proof, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var device = DeviceRegistrations.Document(user, proof, request.Device, now);
        var enrolled = user.With(device) with { Did = request.Did, DidState = DidState.Active };
        var operation = Binding(enrolled, device, now);
        var entry = user.Key.Entry(now, AuditActor.Phone(device.DeviceId), AuditActions.DeviceEnrolled, device.DeviceId) with
        {
            OperationId = operation.OperationId,
            Before = new Dictionary<string, string?> { ["did"] = null, ["activeDeviceId"] = user.ActiveDeviceId },
            After = new Dictionary<string, string?> { ["did"] = request.Did, ["activeDeviceId"] = enrolled.ActiveDeviceId },
        };
        var result = await identities.Begin(user.Key)
            .Replace(enrolled)
            .Replace(claim with { State = ClaimState.Redeemed, RedeemedAt = now, RedeemedByDeviceId = device.DeviceId })
            .Create(device)
            .Create(operation)
            .Create(entry)
            .Create(DeviceRegistrations.Used(proof))
            .CommitAsync(cancellationToken);
        return result == BatchResult.Committed ? (DeviceRegistrations.Enrolled(enrolled, device), operation) : null;
    }

    /// <summary>The work that binds the new DID to the user's accounts.</summary>
    private static OperationDocument Binding(UserDocument user, DeviceDocument device, DateTimeOffset now)
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
}
