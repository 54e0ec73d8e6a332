using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>
/// The user unregisters this phone on the phone itself: the same removal as an administrator's, audited as the user's own act. From then on
/// the phone is told that it was removed, whatever it calls, and resets itself by the statement that it gets.
/// </summary>
internal sealed class DepartDevice(PhoneRemovals removals)
{
    /// <inheritdoc cref="DepartDevice"/>
    /// <param name="context">The request.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(DepartDevice))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold, ProblemCodes.Conflict)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mobile/device/departure")] HttpContext context,
        DeviceProof proof,
        CancellationToken cancellationToken) =>
        removals.CommitAsync(
            context, proof, proof.DeviceId, AuditActions.DeviceDeparted, isAlert: false, refuse: static _ => null, cancellationToken);
}
