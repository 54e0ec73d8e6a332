using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using OperationKind = BlokSec.Contracts.OperationKind;

namespace BlokSec.Functions.Devices;

/// <summary>Removes one device: it is refused from the moment of the answer, the rest is queued.</summary>
internal sealed class RemoveDevice(RevocationRequests requests, TimeProvider time)
{
    /// <summary>How far the clock of the administrator's browser may be ahead.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <inheritdoc cref="RemoveDevice"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="request">The typed phrase, and why.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="idempotencyKey">The same key gives the same operation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RemoveDevice))]
    [Authorize(AdminPolicies.DevicesManage)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<OperationDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.ConfirmationMismatch, ProblemCodes.NotFound, ProblemCodes.PlanStale, ProblemCodes.Conflict,
        ProblemCodes.IdempotencyKeyReused)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/devices/{deviceId}/removal")] HttpContext context,
        string userId,
        string deviceId,
        RemoveDeviceRequest request,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        if (request.Confirmation != ConfirmationPhrases.RemoveDevice)
        {
            return OperationAnswers.ConfirmationMismatch(ConfirmationPhrases.RemoveDevice);
        }

        var now = time.GetUtcNow();
        var lostSince = request.LostSince?.ToUniversalTime();
        if (lostSince > now + ClockTolerance)
        {
            return Problems.InvalidRequest("lostSince", "is in the future");
        }

        var key = new UserKey(administrator.TenantId, userId);
        var revocation = new RevocationRequest(
            RequestIds.For(key, administrator.Subject, idempotencyKey.Value, now),
            OperationKind.RemoveDevice,
            administrator.Actor(),
            request.Reason,
            RequestIds.Fingerprint(nameof(RemoveDevice), userId, deviceId, request.Reason, lostSince?.ToString("O", CultureInfo.InvariantCulture)),
            now)
        {
            LostSince = lostSince,
        };
        return await requests.CommitAsync(
            context,
            key,
            revocation,
            [RevocationDocument.IdOf(deviceId)],
            (snapshot, user) => DeviceRemoval.Of(snapshot, user, deviceId, AuditActions.DeviceRemoved, request.PlanHash, revocation.At),
            accept: null,
            nobody: null,
            cancellationToken);
    }
}
