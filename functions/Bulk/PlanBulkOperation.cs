using System.Diagnostics;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Bulk;

/// <summary>
/// Plans to unregister users, to remove devices or to suspend users: whom it concerns is counted in the background, and nothing is changed before the plan
/// is started.
/// </summary>
internal sealed class PlanBulkOperation(
    IdentityStore identities, BulkStore store, BulkDispatch dispatch, IOptions<BulkOptions> options, TimeProvider time)
{
    /// <inheritdoc cref="PlanBulkOperation"/>
    /// <param name="context">The request.</param>
    /// <param name="request">What to do, and to whom.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist. To suspend needs the role Users.Manage too.</param>
    /// <param name="idempotencyKey">The same key gives the same plan.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(PlanBulkOperation))]
    [Authorize(AdminPolicies.DevicesManage)]
    [WithinScope]
    [RecentSignIn]
    [ProducesResponseType<BulkOperationDetails>(StatusCodes.Status201Created)]
    [ProducesResponseType<BulkOperationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.IdempotencyKeyReused, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "bulk-operations")] HttpContext context,
        PlanBulkOperationRequest request,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        if (BulkCommands.RoleRefusal(administrator, request.Kind) is { } refusal)
        {
            return refusal;
        }

        if (request.Devices is not null && request.Kind != BulkKind.RemoveDevices)
        {
            return Problems.InvalidRequest("devices", "is only for kind removeDevices");
        }

        var operation = Document(request, administrator, idempotencyKey);
        if (await identities.Begin(operation.Key).Create(operation).CommitAsync(cancellationToken) == BatchResult.Conflict)
        {
            return await store.ReadAsync(administrator.TenantId, operation.BulkOperationId, cancellationToken) switch
            {
                { } known when known.Fingerprint == operation.Fingerprint => TypedResults.Ok(known.ToDetails(options.Value)),
                null => Problems.TooManyConflicts(),
                _ => Problems.Of(ProblemCodes.IdempotencyKeyReused, "This Idempotency-Key was used with another request."),
            };
        }

        await dispatch.TryAsync(operation);
        return TypedResults.Created($"/api/bulk-operations/{operation.BulkOperationId}", operation.ToDetails(options.Value));
    }

    private BulkDocument Document(PlanBulkOperationRequest request, Administrator administrator, IdempotencyKey idempotencyKey)
    {
        var (key, now) = (BulkDocument.KeyOf(administrator.TenantId), time.GetUtcNow());
        var id = RequestIds.For(key, administrator.Subject, idempotencyKey.Value, now);
        return new BulkDocument
        {
            Id = BulkDocument.IdOf(id),
            TenantId = key.TenantId,
            UserId = key.UserId,
            BulkOperationId = id,
            Kind = request.Kind,
            Status = BulkState.Planning,
            CreatedAt = now,
            UpdatedAt = now,
            RequestedBy = administrator.Actor(),
            Fingerprint = RequestIds.Fingerprint(nameof(PlanBulkOperation), JsonSerializer.Serialize(request, Json.Documents)),
            Selected = request.Selection.UserIds is { } ids ? [.. ids.Distinct(StringComparer.Ordinal)] : null,
            Filter = request.Selection.Filter,
            Devices = request.Devices,
            Plan = new PlanState(),
            Progress = ProgressState.None,
            TraceParent = Activity.Current?.Id,
        };
    }
}
