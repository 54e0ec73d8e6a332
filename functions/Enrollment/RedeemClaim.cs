using System.Net;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Claims;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Limits;
using BlokSec.Functions.Security;
using BlokSec.Functions.Signals;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Enrollment;

/// <summary>A phone enrolls with a claim: one batch makes the device, the new DID and the claim's end.</summary>
internal sealed class RedeemClaim(
    IdentityStore identities,
    ClaimCodes codes,
    EnrollmentProofs proofs,
    ClaimOperations operations,
    ClaimRefusals refusals,
    EnrollingKeys keys,
    RemovedDevices removed,
    PhoneWrites writes,
    SignalDispatch signals,
    TimeProvider time)
{
    /// <inheritdoc cref="RedeemClaim"/>
    /// <param name="context">The call.</param>
    /// <param name="request">Code, DID and phone.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RedeemClaim))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType<EnrolledDevice>(StatusCodes.Status201Created)]
    [ProducesResponseType<EnrolledDevice>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.ClaimInvalid, ProblemCodes.UserSuspended, ProblemCodes.ClaimLocked, ProblemCodes.DidRetired, ProblemCodes.ClaimUsed, ProblemCodes.ClaimReplaced,
        ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold, ProblemCodes.KeyInUse, ProblemCodes.Conflict, ProblemCodes.ClaimExpired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mobile/claims/redemption")] HttpContext context,
        RedeemClaimRequest request,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(request.TenantId, request.UserId);
        if (proofs.Refuse(context.Request, proof, key, request.Did, request.DidProof, request.Code) is { } unproved)
        {
            return unproved;
        }

        long? enteredIn = null;
        OperationDocument? committed = null;
        var result = await identities.UpdateAsync(key, stop => ReadAsync(key, proof, stop), DecideAsync, cancellationToken);
        if (result.IsWritten)
        {
            await operations.DispatchAsync(committed!);
        }

        return result.Value ?? Problems.TooManyConflicts();

        async Task<IResult> DecideAsync(PartitionSnapshot snapshot, UpdateAttempt attempt)
        {
            if (attempt.IsFirst && snapshot.Has(ProofDocument.IdOf(proof.DeviceId, proof.Jti)))
            {
                return DeviceAnswers.Replayed();
            }

            if (snapshot.Revocation(proof.DeviceId) is { } revocation)
            {
                return await removed.TellAsync(revocation, proof, isSpent: false, cancellationToken);
            }

            var match = codes.Match(request.Code, key, snapshot.Claim);
            if (match != ClaimCodeMatch.Current || snapshot is not { User: { } user, Claim: { } claim })
            {
                return await refusals.OfCodeAsync(match, snapshot, request, proof, cancellationToken);
            }

            if (await AgainAsync(user, claim, snapshot.Device(proof.DeviceId), proof, cancellationToken) is { } again)
            {
                return again;
            }

            if (await refusals.OfClaimAsync(user, claim, proof, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            if (attempt.IsFirst && writes.Refuse(proof.TenantId, proof.UserId, PhoneWrite.Enrollment) is { } tooMany)
            {
                return tooMany;
            }

            if (enteredIn != user.Epoch
                && await keys.EnterAsync(user, proof, request.Did, isDidEntered: false, cancellationToken) is { } keyRefusal)
            {
                return keyRefusal;
            }

            enteredIn = user.Epoch;
            (var enrolled, committed) = Redeem(user, claim, request, proof, ClientAddress.Of(context), attempt.Batch);
            return TypedResults.Json(enrolled, statusCode: StatusCodes.Status201Created);
        }
    }

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

    /// <summary>The answer once more for the phone that redeemed the claim, whose first answer was lost; null for any other.</summary>
    private async Task<IResult?> AgainAsync(
        UserDocument user, ClaimDocument claim, DeviceDocument? device, DeviceProof proof, CancellationToken cancellationToken)
    {
        if (claim.State != ClaimState.Redeemed || claim.RedeemedByDeviceId != proof.DeviceId || device is not { State: DeviceState.Active })
        {
            return null;
        }

        await operations.DispatchAgainAsync(claim, cancellationToken);
        return TypedResults.Ok(DeviceRegistrations.Enrolled(user, device));
    }

    private (EnrolledDevice Device, OperationDocument Operation) Redeem(
        UserDocument user, ClaimDocument claim, RedeemClaimRequest request, DeviceProof proof, IPAddress? address, PartitionBatch batch)
    {
        var now = time.GetUtcNow();
        var device = DeviceRegistrations.Document(user, proof, request.Device, now);
        var enrolled = user.With(device) with
        {
            Did = request.Did,
            DidState = DidState.Active,
            Dids = DidLineage.Bound(user, request.Did, device, now),
        };
        var operation = ClaimOperations.Create(enrolled, device, now);
        var redeemed = claim with
        {
            State = ClaimState.Redeemed,
            RedeemedAt = now,
            RedeemedByDeviceId = device.DeviceId,
            OperationId = operation.OperationId,
        };
        var entry = user.Key.Entry(now, AuditActor.Phone(device.DeviceId), AuditActions.DeviceEnrolled, device.DeviceId) with
        {
            OperationId = operation.OperationId,
            Before = new Dictionary<string, string?> { ["did"] = null, ["activeDeviceId"] = user.ActiveDeviceId },
            After = new Dictionary<string, string?> { ["did"] = request.Did, ["activeDeviceId"] = enrolled.ActiveDeviceId },
        };
        batch
            .Replace(enrolled)
            .Replace(redeemed)
            .Create(device)
            .Create(operation)
            .Create(entry)
            .Create(DeviceRegistrations.Used(proof));
        signals.Add(batch, UserSignals.DeviceAdded(user, device, operation.OperationId, address, now));
        return (DeviceRegistrations.Enrolled(enrolled, device), operation);
    }
}
