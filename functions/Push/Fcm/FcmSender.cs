using System.Runtime.CompilerServices;
using BlokSec.Contracts;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Push.Fcm;

/// <summary>
/// Sends to Android phones by FCM's HTTP v1 API (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send). Google
/// announces 100 streams per connection, so more connections are opened when that is too few.
/// </summary>
internal sealed class FcmSender : IPushSender, IDisposable
{
    private readonly FcmOptions options;
    private readonly FcmAccessToken accessToken;
    private readonly TimeProvider time;
    private readonly PushLane lane;
    private readonly Func<PhonePush, PushPayload, PushDeadline, ValueTask<PushResult>> attempt;
    private readonly Func<HttpResponseMessage, CancellationToken, ValueTask<FcmAnswer>> read;
    private Uri? address;

    public FcmSender(IOptions<PushOptions> push, FcmAccessToken accessToken, PushLanes lanes, TimeProvider time)
    {
        options = push.Value.Fcm;
        this.accessToken = accessToken;
        this.time = time;
        lane = lanes.Create("fcm", options.Endpoint, several: true, lanes.Bulkheads());
        attempt = AttemptAsync;
        read = (response, ct) => FcmAnswer.ReadAsync(response, time.GetUtcNow(), ct);
    }

    public Task<PushResult> SendAsync(PhonePush push, CancellationToken cancellationToken) => lane.RunAsync(
        push, FcmPayload.Size(push) > FcmPayload.Limit ? null : FcmPayload.Build(push), attempt, cancellationToken);

    /// <inheritdoc cref="ProviderCircuit.Health"/>
    public PushProviderHealth Health => lane.Health;

    public void Dispose() => lane.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PushResult> AttemptAsync(PhonePush push, PushPayload payload, PushDeadline deadline)
    {
        if (!options.Configured)
        {
            return PushResult.CannotSend("NotConfigured", "Pushes to Android phones are not set up.");
        }

        var token = await accessToken.GetAsync(deadline.Token);
        if (token.Value is null)
        {
            return token.Failure!;
        }

        var answer = await PostAsync(payload, token, deadline);
        if (FcmAnswers.WantsNewToken(answer))
        {
            deadline.Prepare();
            token = await accessToken.RenewAsync(token.Value, deadline.Token);
            if (token.Value is null)
            {
                return token.Failure!;
            }

            answer = await PostAsync(payload, token, deadline);
        }

        return FcmAnswers.Interpret(answer, time.GetUtcNow());
    }

    private ValueTask<FcmAnswer> PostAsync(PushPayload payload, AccessToken token, PushDeadline deadline)
    {
        address ??= lane.Connection.Address($"/v1/projects/{Uri.EscapeDataString(token.Project)}/messages:send");
        var request = PushConnection.Post(address, payload, deadline);
        request.Headers.TryAddWithoutValidation("authorization", token.Authorization);
        request.Content!.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return lane.Connection.SendAsync(request, deadline, read, isLast: static _ => false);
    }
}
