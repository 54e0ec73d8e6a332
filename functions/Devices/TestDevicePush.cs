using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Push;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>An administrator sends a push to a registered device, to see whether it can be reached. What the provider says is recorded.</summary>
internal sealed class TestDevicePush(IdentityStore identities, PushSenders sender, TimeProvider time)
{
    /// <summary>A test that comes later tells nothing.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    private static readonly AuditActor Sender = AuditActor.System(nameof(TestDevicePush));

    /// <inheritdoc cref="TestDevicePush"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(TestDevicePush))]
    [Authorize(AdminPolicies.DevicesManage)]
    [ProducesResponseType<PushTest>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.NoPushHandle, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/devices/{deviceId}/test-push")] HttpContext context,
        string userId,
        string deviceId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        var read = await ReadAsync(key, deviceId, cancellationToken);
        if (read.Device(deviceId) is not { State: DeviceState.Active } device)
        {
            return Problems.NotFound("device");
        }

        if (device.PushHandle is not { } handle)
        {
            return Problems.Of(ProblemCodes.NoPushHandle, "Push notifications cannot reach this device: its app registered no push handle.");
        }

        var result = await sender.SendAsync(PushTo(device, handle, time.GetUtcNow()), cancellationToken);
        var now = time.GetUtcNow();
        var written = await identities.UpdateAsync<PartitionSnapshot, bool>(
            key,
            stop => ReadAsync(key, deviceId, stop),
            (snapshot, attempt) =>
            {
                attempt.Batch.Create(key.Entry(now, administrator.Actor(), AuditActions.PushTested, deviceId) with { Reason = result.Explanation });
                PushHealth.Record(attempt.Batch, snapshot.Device(deviceId), handle, result, Sender, now);
                return true;
            },
            known: read,
            cancellationToken);
        return written.Status == UpdateStatus.Contended
            ? Problems.TooManyConflicts()
            : TypedResults.Ok(new PushTest(result is PushResult.Accepted, result.Explanation, now));
    }

    private Task<PartitionSnapshot> ReadAsync(UserKey key, string deviceId, CancellationToken cancellationToken) =>
        identities.QueryAsync(key, [DeviceDocument.IdOf(deviceId)], cancellationToken);

    private static TestPush PushTo(DeviceDocument device, PushHandle handle, DateTimeOffset now) => new(
        handle,
        device.Platform,
        Guid.NewGuid().ToString("D"),
        device.TenantId,
        device.UserId,
        device.DeviceId,
        now + Kept,
        Activity.Current?.Id);
}
