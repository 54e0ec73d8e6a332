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
        var inFlight = lanes.InFlight();
        production = lanes.Create("apns", options.ProductionEndpoint, several: false, inFlight);
        sandbox = lanes.Create("apns-sandbox", options.SandboxEndpoint, several: false, inFlight);
    }

    public async Task<PushResult> SendAsync(RevokePush push, CancellationToken cancellationToken)
    {
        var lane = push.Handle.Environment == PushEnvironment.Sandbox ? sandbox : production;
        using var activity = lane.Begin(push);
        var payload = ApnsPayload.Build(push);
        return payload.Length > ApnsPayload.Limit
            ? lane.Report(push, PushResult.TooLarge())
            : await lane.RunAsync(push, ct => AttemptAsync(push, payload, lane, ct), cancellationToken);
    }

    public void Dispose()
    {
        production.Dispose();
        sandbox.Dispose();
    }

    private async Task<PushResult> AttemptAsync(RevokePush push, ReadOnlyMemory<byte> payload, PushLane lane, CancellationToken cancellationToken)
    {
        if (!options.Configured)
        {
            return PushResult.CannotSend("NotConfigured", "Pushes to iPhones are not set up.");
        }

        var token = await providerToken.GetAsync(cancellationToken);
        if (token.Value is null)
        {
            return token.Failure!;
        }

        var answer = await PostAsync(push, payload, token.Authorization!, lane, cancellationToken);
        if (ApnsAnswers.WantsNewToken(answer))
        {
            token = await providerToken.RenewAsync(token.Value, cancellationToken);
            if (token.Value is null)
            {
                return token.Failure!;
            }

            answer = await PostAsync(push, payload, token.Authorization!, lane, cancellationToken);
        }

        return ApnsAnswers.Interpret(answer, push, time.GetUtcNow());
    }

    private async Task<ApnsAnswer> PostAsync(
        RevokePush push, ReadOnlyMemory<byte> payload, string authorization, PushLane lane, CancellationToken cancellationToken)
    {
        using var request = PushConnection.Post(lane.Connection.Address("/3/device/" + Uri.EscapeDataString(push.Handle.Value)), payload);
        var headers = request.Headers;
        headers.TryAddWithoutValidation("authorization", authorization);
        headers.TryAddWithoutValidation("apns-topic", options.Topic);
        headers.TryAddWithoutValidation("apns-push-type", "alert");
        headers.TryAddWithoutValidation("apns-priority", "10");
        headers.TryAddWithoutValidation("apns-id", push.PushId);
        headers.TryAddWithoutValidation("apns-expiration", push.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("apns-collapse-id", ApnsPayload.CollapseId(push.DeviceId));

        using var line = lane.Connection.Use();
        using var response = await line.SendAsync(request, cancellationToken);
        var answer = await ApnsAnswer.ReadAsync(response, time.GetUtcNow(), cancellationToken);
        if (ApnsAnswers.EndsConnection(answer))
        {
            lane.Connection.Renew(line.Line);
        }

        return answer;
    }
}
