using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Revocations;

/// <summary>
/// An administrator has the revoke push sent once more to a removed phone that did not confirm. The push goes the way of the first one,
/// retries and the check for a phone that is registered again included.
/// </summary>
internal sealed partial class NudgeRevocation(IdentityStore identities, QueueSender queues, ILogger<NudgeRevocation> logger, TimeProvider time)
{
    /// <summary>A provider that accepted a push delivers it when the phone can be reached: asking faster changes nothing.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <inheritdoc cref="NudgeRevocation"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="deviceId">The removed device.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="idempotencyKey">The same key is the same nudge.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(NudgeRevocation))]
    [Authorize(AdminPolicies.DevicesManage)]
    [ProducesResponseType<RevocationDetails>(StatusCodes.Status202Accepted)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.NoPushHandle, ProblemCodes.TooManyRequests, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/revocations/{deviceId}/nudge")] HttpContext context,
        string userId,
        string deviceId,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        var now = time.GetUtcNow();
        var pushId = PushIdOf(key, deviceId, administrator, idempotencyKey, now);
        var result = await identities.UpdateAsync(
            key,
            stop => identities.QueryAsync(key, [RevocationDocument.IdOf(deviceId), RevokedHandleDocument.IdOf(deviceId)], stop),
            (snapshot, attempt) => Decide(context, snapshot, deviceId, pushId, administrator, attempt.Batch, now),
            cancellationToken);
        if (result.Value.Nudged is { } nudged)
        {
            await QueueAsync(key, nudged);
        }

        return result.Value.Answer ?? Problems.TooManyConflicts();
    }

    private static (IResult? Answer, RevocationDocument? Nudged) Decide(
        HttpContext context,
        PartitionSnapshot snapshot,
        string deviceId,
        string pushId,
        Administrator administrator,
        PartitionBatch batch,
        DateTimeOffset now)
    {
        if (snapshot.Revocation(deviceId) is not { } revocation)
        {
            return (Problems.NotFound("removed device"), null);
        }

        if (revocation.PushId == pushId)
        {
            // By this very call, whose answer was lost on its way: from the database, or to whoever asks again.
            return Accepted(revocation);
        }

        if (revocation.NudgeIds.Contains(pushId))
        {
            // By an earlier nudge with this key; what was asked for since stands.
            return (TypedResults.Accepted((string?)null, revocation.ToDetails()), null);
        }

        if (Refuse(context, revocation, now) is { } refusal)
        {
            return (refusal, null);
        }

        if (revocation.HandleKeptUntil is null || snapshot.RevokedHandles is not [{ PushHandle: var handle }])
        {
            return (Problems.Of(ProblemCodes.NoPushHandle, "Push notifications cannot reach this phone. It learns that it was removed when its app is opened."), null);
        }

        var nudged = RevocationRecords.Nudged(revocation, handle, pushId, administrator.Name, now);
        batch.Replace(nudged)
            .Delete(RevokedHandleDocument.IdOf(deviceId))
            .Create(revocation.Key.Entry(now, administrator.Actor(), AuditActions.RemovalNudged, deviceId) with { OperationId = revocation.OperationId });
        return Accepted(nudged);
    }

    private static (IResult Answer, RevocationDocument Nudged) Accepted(RevocationDocument nudged) =>
        (TypedResults.Accepted((string?)null, nudged.ToDetails()), nudged);

    private static IResult? Refuse(HttpContext context, RevocationDocument revocation, DateTimeOffset now)
    {
        if (revocation.IsHeld)
        {
            return Problems.Of(ProblemCodes.Conflict, "The removal is on hold: the phone is blocked, and is told nothing before the hold ends.");
        }

        if (revocation.ConfirmedAt is not null)
        {
            return Problems.Of(ProblemCodes.Conflict, "The phone has confirmed that it erased itself; there is nothing to tell it.");
        }

        if (revocation.NudgedAt is { } last && last + Pause > now)
        {
            // The clock of the instance that nudged may be ahead.
            var seconds = Math.Ceiling(Math.Min((last + Pause - now).TotalSeconds, Pause.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.RetryAfter = seconds;
            return Problems.Of(ProblemCodes.TooManyRequests, $"This phone was nudged a moment ago; it can be nudged again in {seconds} seconds.");
        }

        return revocation.NextAttemptAt is { } next
            ? Problems.Of(ProblemCodes.Conflict, string.Create(CultureInfo.InvariantCulture, $"The push is still being tried; the next attempt is due at {next:u}."))
            : null;
    }

    /// <summary>Identifies the push at the provider, and the nudge that asked for it.</summary>
    private static string PushIdOf(UserKey key, string deviceId, Administrator administrator, IdempotencyKey idempotencyKey, DateTimeOffset now)
    {
        var device = idempotencyKey.Value is { } value ? $"{deviceId}:{value}" : null;
        return Guid.ParseExact(RequestIds.For(key, administrator.Subject, device, now), "N").ToString();
    }

    /// <summary>When the bus is out the decision stands all the same: the timer finds the overdue push and queues it. What was queued before, the bus drops.</summary>
    private async Task QueueAsync(UserKey key, RevocationDocument nudged)
    {
        var message = new RevokePushMessage
        {
            TenantId = key.TenantId,
            UserId = key.UserId,
            OperationId = nudged.OperationId,
            DeviceId = nudged.DeviceId,
            Resumed = OperationDispatch.MarkOf(nudged.NudgedAt!.Value),
        };
        try
        {
            await queues.SendAsync(Queues.RevokePushes, message, due: null, CancellationToken.None);
        }
        catch (QueueUnavailableException exception)
        {
            Log.Postponed(logger, exception, nudged.OperationId, nudged.DeviceId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The nudge of operation {OperationId} to device {DeviceId} is committed, but the bus is out; it is queued later.")]
        public static partial void Postponed(ILogger logger, Exception exception, string operationId, string deviceId);
    }
}
