using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Revocations;

/// <summary>The signed receipt of a device's removal, for whoever has to prove it: as JSON, or the JWS by itself where the caller prefers it.</summary>
internal sealed class GetRemovalReceipt(IdentityStore identities, RevocationReceipts receipts)
{
    /// <inheritdoc cref="GetRemovalReceipt"/>
    /// <param name="context">The request; <c>Accept</c> chooses the format.</param>
    /// <param name="userId">The user.</param>
    /// <param name="deviceId">The removed device.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetRemovalReceipt))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<RemovalReceipt>(StatusCodes.Status200OK, "application/json", RemovalReceipt.MediaType)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.NotAcceptable, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/revocations/{deviceId}/receipt")] HttpContext context,
        string userId,
        string deviceId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        context.Response.Headers.Vary = HeaderNames.Accept;
        if (AcceptedFormat.Of(context.Request, "application/json", RemovalReceipt.MediaType) is not { } format)
        {
            return Problems.Of(ProblemCodes.NotAcceptable, $"Accept: application/json and {RemovalReceipt.MediaType} are available.");
        }

        var key = new UserKey(administrator.TenantId, userId);
        if (await identities.ReadAsync<RevocationDocument>(key, RevocationDocument.IdOf(deviceId), cancellationToken) is not { } revocation)
        {
            return Problems.NotFound("removal");
        }

        if (revocation.IsHeld)
        {
            return Problems.Of(ProblemCodes.Conflict, "The removal is on hold and can still be taken back. There is a receipt once the hold is over.");
        }

        var operation = await identities.ReadAsync<OperationDocument>(key, OperationDocument.IdOf(revocation.OperationId), cancellationToken);
        var receipt = receipts.Sign(revocation, operation);
        return format == RemovalReceipt.MediaType ? TypedResults.Text(receipt, format) : TypedResults.Ok(new RemovalReceipt(receipt));
    }
}
