using System.Diagnostics;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Push;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>
/// Tells the active device of a sign-in request, and records what the provider said: of the request, and of whether the device can be
/// reached. With or without a push the request waits for the app to be opened.
/// </summary>
internal sealed class SendSignInPush(IdentityStore identities, PushSenders sender, TimeProvider time) : IQueueFunction<SignInPushMessage>
{
    private const string IsRequest = "FROM c WHERE c.type = 'authenticationRequest'";

    private static readonly AuditActor Actor = AuditActor.System(nameof(SendSignInPush));

    /// <inheritdoc cref="SendSignInPush"/>
    /// <param name="message">Which request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SendSignInPush))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.SignInPushes, Connection = QueueOptions.Section)] SignInPushMessage message, CancellationToken cancellationToken)
    {
        var snapshot = await ReadAsync(message, cancellationToken);
        if (snapshot.AuthenticationRequest(message.RequestId) is not { } request || request.DeviceId != message.DeviceId)
        {
            return new Outcome.Reject("There is no such sign-in request.");
        }

        var now = time.GetUtcNow();
        if (!request.WaitsAt(now) || request.PushAcceptedAt is not null)
        {
            return Outcome.Done.Instance;
        }

        if (snapshot.Device(message.DeviceId) is not { PushHandle: { } handle } device || !device.CanBePushedAt(now))
        {
            await NoteAsync(message, "The phone could not be reached by push any more.", cancellationToken);
            return Outcome.Done.Instance;
        }

        var result = await sender.SendAsync(PushOf(request, device, handle, now), cancellationToken);
        await RecordAsync(message, snapshot, handle, result, cancellationToken);
        return Next(message, request, result);
    }

    public Task GiveUpAsync(SignInPushMessage message, string reason, CancellationToken cancellationToken) => NoteAsync(message, reason, cancellationToken);

    private Task<PartitionSnapshot> ReadAsync(SignInPushMessage message, CancellationToken cancellationToken) => identities.QueryAsync(
        KeyOf(message),
        [AuthenticationRequestDocument.IdOf(message.RequestId), DeviceDocument.IdOf(message.DeviceId)],
        cancellationToken);

    /// <summary>Decided once, so that a conflict writes it again without sending again.</summary>
    private async Task RecordAsync(
        SignInPushMessage message, PartitionSnapshot read, PushHandle handle, PushResult result, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var written = await identities.UpdateAsync<PartitionSnapshot, bool>(
            KeyOf(message),
            stop => ReadAsync(message, stop),
            (snapshot, attempt) =>
            {
                if (snapshot.AuthenticationRequest(message.RequestId) is not { } request)
                {
                    return false;
                }

                attempt.Batch.Patch(request.Id, IsRequest, result is PushResult.Accepted
                    ? [PatchOperation.Set("/pushAcceptedAt", now), PatchOperation.Set<string?>("/pushReason", null)]
                    : [PatchOperation.Set("/pushReason", result.Explanation)]);
                PushHealth.Record(attempt.Batch, snapshot.Device(message.DeviceId), handle, result, Actor, now);
                return true;
            },
            known: read,
            cancellationToken);
        if (written.ValueOrTimeout("sign-in request") && result is PushResult.Accepted)
        {
            Measures.SignIn("push-accepted", now - read.AuthenticationRequest(message.RequestId)!.IssuedAt);
        }
    }

    private Task NoteAsync(SignInPushMessage message, string reason, CancellationToken cancellationToken) => identities.TryPatchAsync(
        KeyOf(message),
        AuthenticationRequestDocument.IdOf(message.RequestId),
        IsRequest,
        [PatchOperation.Set("/pushReason", reason)],
        cancellationToken);

    /// <summary>The same again while there is time to answer, if the trouble was not the phone's.</summary>
    private Outcome Next(SignInPushMessage message, AuthenticationRequestDocument request, PushResult result)
    {
        if (result is PushResult.Accepted or PushResult.HandleDead or PushResult.Rejected)
        {
            return Outcome.Done.Instance;
        }

        var now = time.GetUtcNow();
        var backOff = now + PushBackOff.After(result, message.Attempt, now - request.IssuedAt);
        var notBefore = result switch
        {
            PushResult.Throttled throttled => throttled.Until,
            PushResult.Unavailable unavailable => unavailable.RetryAfter,
            PushResult.Misconfigured misconfigured => misconfigured.RetryAfter,
            _ => null,
        };
        var next = notBefore > backOff ? notBefore.Value : backOff;

        // Without the message the request still waits for the app, so that it need not be kept at all costs.
        return next < request.ExpiresAt ? new Outcome.Later(next) { IsRecorded = true } : Outcome.Done.Instance;
    }

    private static SignInRequestPush PushOf(AuthenticationRequestDocument request, DeviceDocument device, PushHandle handle, DateTimeOffset now) => new(
        handle,
        device.Platform,
        Guid.TryParse(request.RequestId, out var id) ? id.ToString("D") : Guid.NewGuid().ToString("D"),
        request.TenantId,
        request.UserId,
        device.DeviceId,
        request.RequestId,
        request.ExpiresAt!.Value,
        request.ExpiresAt.Value - now,
        Activity.Current?.Id);

    private static UserKey KeyOf(SignInPushMessage message) => new(message.TenantId, message.UserId);
}
