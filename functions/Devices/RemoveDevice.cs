using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using OperationKind = BlokSec.Contracts.OperationKind;

namespace BlokSec.Functions.Devices;

/// <summary>
/// Removes one device: it is refused from the moment of the answer, the rest is queued. Where the tenant's policy has a hold, the rest waits for it and
/// the removal can be taken back until then, unless the phone is lost or stolen.
/// </summary>
internal sealed class RemoveDevice(RevocationRequests requests, CurrentPolicies policies, SecondPerson second, TimeProvider time)
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
        ProblemCodes.IdempotencyKeyReused, ProblemCodes.SecondPersonRequired)]
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

        var isUrgent = request.Immediately || lostSince is not null;
        var hold = isUrgent ? 0 : (await policies.OfAsync(administrator.TenantId, cancellationToken)).HoldMinutes;
        string?[] urgency = request.Immediately ? ["immediately"] : [];
        var key = new UserKey(administrator.TenantId, userId);
        var revocation = new RevocationRequest(
            RequestIds.For(key, administrator.Subject, idempotencyKey.Value, now),
            OperationKind.RemoveDevice,
            administrator.Actor(),
            request.Reason,
            RequestIds.Fingerprint(
                [nameof(RemoveDevice), userId, deviceId, request.Reason, lostSince?.ToString("O", CultureInfo.InvariantCulture), .. urgency]),
            now)
        {
            LostSince = lostSince,
            HeldUntil = hold > 0 ? now.AddMinutes(hold) : null,
            IsUrgent = isUrgent,
        };
        var demanded = await second.DemandForUserAsync(
            administrator,
            key,
            user => new GuardedAction(
                key,
                "remove-device",
                AdminPolicies.DevicesManage,
                $"Remove device {deviceId} of {user.GivenName} {user.FamilyName}{(hold > 0 ? $", on hold for {hold} minutes" : "")}{(lostSince is { } since ? $", lost since {since:u}" : "")}",
                request.Reason,
                RequestIds.Fingerprint(revocation.Fingerprint, hold.ToString(CultureInfo.InvariantCulture), user.Epoch.ToString(CultureInfo.InvariantCulture))),
            cancellationToken);
        return demanded ?? await requests.CommitAsync(
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
