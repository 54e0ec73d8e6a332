using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Limits;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>
/// The user reports another phone as lost, from this one: it is blocked at once, and the administrator sees an alert. Signed by the device's key
/// and by the key of the DID, so that an app that is merely open cannot do it.
/// </summary>
internal sealed class ReportDeviceLost(PhoneRemovals removals, DidProofs didProofs, PhoneWrites writes)
{
    /// <inheritdoc cref="ReportDeviceLost"/>
    /// <param name="context">The request.</param>
    /// <param name="deviceId">The lost phone.</param>
    /// <param name="report">The proof of the DID.</param>
    /// <param name="proof">Proof of the key of the phone that reports, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ReportDeviceLost))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold, ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mobile/devices/{deviceId}/loss")] HttpContext context,
        string deviceId,
        DeviceLossReport report,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        if (didProofs.Fault(context.Request, proof, report.Did, report.DidProof, claimCode: null) is { } fault)
        {
            return DeviceAnswers.ProofInvalid(fault);
        }

        var isCounted = false;
        return await removals.CommitAsync(context, proof, deviceId, AuditActions.DeviceReportedLost, isAlert: true, Refuse, cancellationToken);

        IResult? Refuse(UserDocument user)
        {
            if (user.DidState != DidState.Active || user.Did != report.Did)
            {
                return DeviceAnswers.ProofInvalid(ProofFaults.DidOther);
            }

            if (deviceId == proof.DeviceId)
            {
                return Problems.Of(ProblemCodes.Conflict, "This is the phone that calls; to unregister it, call departure.");
            }

            var refusal = isCounted ? null : writes.Refuse(proof.TenantId, proof.UserId, PhoneWrite.LossReport);
            isCounted = true;
            return refusal;
        }
    }
}
