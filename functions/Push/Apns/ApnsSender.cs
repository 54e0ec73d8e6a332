using System.Globalization;
using System.Runtime.CompilerServices;
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
    private readonly Func<PhonePush, PushPayload, PushDeadline, ValueTask<PushResult>> attempt;
    private readonly Func<HttpResponseMessage, CancellationToken, ValueTask<ApnsAnswer>> read;

    public ApnsSender(IOptions<PushOptions> push, ApnsProviderToken providerToken, PushLanes lanes, TimeProvider time)
    {
        options = push.Value.Apns;
        this.providerToken = providerToken;
        this.time = time;
        var bulkheads = lanes.Bulkheads();
        production = lanes.Create("apns", options.ProductionEndpoint, several: false, bulkheads);
        sandbox = lanes.Create("apns-sandbox", options.SandboxEndpoint, several: false, bulkheads);
        attempt = AttemptAsync;
        read = (response, ct) => ApnsAnswer.ReadAsync(response, time.GetUtcNow(), ct);
    }

    public Task<PushResult> SendAsync(PhonePush push, CancellationToken cancellationToken)
    {
        var payload = ApnsPayload.Build(push);
        return LaneOf(push).RunAsync(push, payload.Length > ApnsPayload.Limit ? null : payload, attempt, cancellationToken);
    }

    /// <summary>How Apple's production answers, and its sandbox once it was used.</summary>
    public IEnumerable<PushProviderHealth> Health =>
        new[] { production.Health, sandbox.Health }.Where((health, index) => index == 0 || (health.LastAnswerAt ?? health.HeldUntil) is not null);

    public void Dispose()
    {
        production.Dispose();
        sandbox.Dispose();
    }

    private PushLane LaneOf(PhonePush push) => push.Handle.Environment == PushEnvironment.Sandbox ? sandbox : production;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PushResult> AttemptAsync(PhonePush push, PushPayload payload, PushDeadline deadline)
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

        var answer = await PostAsync(push, payload, token.Authorization!, deadline);
        if (ApnsAnswers.WantsNewToken(answer))
        {
            deadline.Prepare();
            token = await providerToken.RenewAsync(token.Value, deadline.Token);
            if (token.Value is null)
            {
                return token.Failure!;
            }

            answer = await PostAsync(push, payload, token.Authorization!, deadline);
        }

        return ApnsAnswers.Interpret(answer, push, time.GetUtcNow());
    }

    private ValueTask<ApnsAnswer> PostAsync(PhonePush push, PushPayload payload, string authorization, PushDeadline deadline)
    {
        var lane = LaneOf(push);
        var address = lane.Connection.Address("/3/device/", Uri.EscapeDataString(push.Handle.Value));
        var request = PushConnection.Post(address, payload, deadline);
        var headers = request.Headers;
        headers.TryAddWithoutValidation("authorization", authorization);
        headers.TryAddWithoutValidation("apns-topic", options.Topic);
        headers.TryAddWithoutValidation("apns-push-type", "alert");
        headers.TryAddWithoutValidation("apns-priority", "10");
        headers.TryAddWithoutValidation("apns-id", push.PushId);
        headers.TryAddWithoutValidation("apns-expiration", push.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("apns-collapse-id", push.CollapseId);

        return lane.Connection.SendAsync(request, deadline, read, ApnsAnswers.EndsConnection);
    }
}
