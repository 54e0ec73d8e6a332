using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>A phone fetches a sign-in request to show it.</summary>
internal sealed class RetrieveAuthenticationRequest(WaitingRequests requests, IdentityStore identities, TimeProvider time)
{
    private const string NotRetrieved = "FROM c WHERE c.status = 'pending' AND (NOT IS_DEFINED(c.retrievedAt) OR IS_NULL(c.retrievedAt))";

    /// <inheritdoc cref="RetrieveAuthenticationRequest"/>
    /// <param name="context">The call.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RetrieveAuthenticationRequest))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType<WaitingRequest>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold, ProblemCodes.NotFound, ProblemCodes.RequestAnswered, ProblemCodes.RequestSuperseded,
        ProblemCodes.RequestExpired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mobile/authentication-requests/{requestId}")] HttpContext context,
        string requestId,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var (snapshot, refusal) = await requests.ReadAsync(
            proof, "c.id = @request", [("@request", AuthenticationRequestDocument.IdOf(requestId))], cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (snapshot.AuthenticationRequest(requestId) is not { } request || WaitingRequests.Shown(request) is not { } shown)
        {
            return Problems.NotFound("sign-in request");
        }

        if (requests.Ended(request) is { } ended)
        {
            return ended;
        }

        if (request.RetrievedAt is null)
        {
            await identities.TryPatchAsync(
                request.Key, request.Id, NotRetrieved, [PatchOperation.Set("/retrievedAt", time.GetUtcNow())], cancellationToken);
        }

        return TypedResults.Ok(shown);
    }
}
