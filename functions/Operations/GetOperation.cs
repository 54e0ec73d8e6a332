using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Operations;

/// <summary>The status monitor of an operation, with what became of each device.</summary>
internal sealed class GetOperation(IdentityStore identities, UnattendedWork work)
{
    /// <inheritdoc cref="GetOperation"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="operationId">The operation.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetOperation))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/operations/{operationId}")] HttpContext context,
        string userId,
        string operationId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryAsync(
            new UserKey(administrator.TenantId, userId),
            "c.id = @id OR (c.type = 'revocation' AND c.operationId = @operationId)",
            [("@id", OperationDocument.IdOf(operationId)), ("@operationId", operationId)],
            cancellationToken);
        snapshot.EnsureRead(OperationDocument.IdOf(operationId));
        await work.EnsureAsync(snapshot.Operations);
        return snapshot.Operation(operationId) is { } operation
            ? OperationAnswers.Monitor(context, operation.ToDetails() with
            {
                Revocations = [.. snapshot.Revocations.Select(revocation => revocation.ToDetails())],
            })
            : Problems.NotFound("operation");
    }
}
