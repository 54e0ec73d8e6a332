using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>The app was opened: which sign-in requests wait, whether or not a push told of them.</summary>
internal sealed class ListWaitingRequests(WaitingRequests requests, TimeProvider time)
{
    /// <inheritdoc cref="ListWaitingRequests"/>
    /// <param name="context">The call.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListWaitingRequests))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType<WaitingRequestList>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mobile/authentication-requests")] HttpContext context,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (snapshot, refusal) = await requests.ReadAsync(proof, "c.status = 'pending' AND c.expiresAt > @now", [("@now", now)], cancellationToken);
        return refusal ?? TypedResults.Ok(new WaitingRequestList(
            [.. snapshot.AuthenticationRequests
                .Where(request => request.WaitsAt(now))
                .OrderByDescending(request => request.IssuedAt)
                .Select(WaitingRequests.Shown)
                .OfType<WaitingRequest>()]));
    }
}
