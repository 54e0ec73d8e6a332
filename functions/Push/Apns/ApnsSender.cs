using System.Globalization;
using BlokSec.Contracts;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Push.Apns;

/// <summary>
/// Sends to iPhones
/// (https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns). One connection per environment:
/// Apple is reported to allow a single stream until it has seen a good token and 1,000 afterwards, so more connections only cost.
/// </summary>
internal sealed class ApnsSender : IPushSender, IDisposable
{
    private readonly ApnsOptions options;
    private readonly ApnsProviderToken providerToken;
    private readonly TimeProvider time;
    private readonly PushLane production;
    private readonly PushLane sandbox;

    public ApnsSender(IOptions<PushOptions> push, ApnsProviderToken providerToken, PushLanes lanes, TimeProvider time)
    {
        options = push.Value.Apns;
        this.providerToken = providerToken;
        this.time = time;
        var bulkhead = lanes.Bulkhead();
        production = lanes.Create("apns", options.ProductionEndpoint, several: false, bulkhead);
        sandbox = lanes.Create("apns-sandbox", options.SandboxEndpoint, several: false, bulkhead);
    }

    public async Task<PushResult> SendAsync(RevokePush push, CancellationToken cancellationToken)
    {
        var lane = push.Handle.Environment == PushEnvironment.Sandbox ? sandbox : production;
        using var activity = lane.Begin(push);
        var payload = ApnsPayload.Build(push);
        return payload.Length > ApnsPayload.Limit
            ? lane.Report(push, PushResult.TooLarge())
            : await lane.RunAsync(push, deadline => AttemptAsync(push, payload, lane, deadline), cancellationToken);
    }

    public void Dispose()
    {
        production.Dispose();
        sandbox.Dispose();
    }

    private async Task<PushResult> AttemptAsync(RevokePush push, ReadOnlyMemory<byte> payload, PushLane lane, PushDeadline deadline)
    {
        if (!options.Configured)
        {
            return PushResult.CannotSend("NotConfigured", "Pushes to iPhones are not set up.");
        }

        var token = await providerToken.GetAsync(deadline.Token);
        if (token.Value is null)
        {
            return token.Failure!;
        }

        var answer = await PostAsync(push, payload, token.Authorization!, lane, deadline);
        if (ApnsAnswers.WantsNewToken(answer))
        {
            deadline.Prepare();
            token = await providerToken.RenewAsync(token.Value, deadline.Token);
            if (token.Value is null)
            {
                return token.Failure!;
            }

            answer = await PostAsync(push, payload, token.Authorization!, lane, deadline);
        }

        return ApnsAnswers.Interpret(answer, push, time.GetUtcNow());
    }

    private async Task<ApnsAnswer> PostAsync(
        RevokePush push, ReadOnlyMemory<byte> payload, string authorization, PushLane lane, PushDeadline deadline)
    {
        var address = lane.Connection.Address("/3/device/" + Uri.EscapeDataString(push.Handle.Value));
        using var request = PushConnection.Post(address, payload, deadline);
        var headers = request.Headers;
        headers.TryAddWithoutValidation("authorization", authorization);
        headers.TryAddWithoutValidation("apns-topic", options.Topic);
        headers.TryAddWithoutValidation("apns-push-type", "alert");
        headers.TryAddWithoutValidation("apns-priority", "10");
        headers.TryAddWithoutValidation("apns-id", push.PushId);
        headers.TryAddWithoutValidation("apns-expiration", push.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("apns-collapse-id", ApnsPayload.CollapseId(push.DeviceId));

        return await lane.Connection.SendAsync(
            request, deadline, (response, ct) => ApnsAnswer.ReadAsync(response, time.GetUtcNow(), ct), ApnsAnswers.EndsConnection);
    }
}
