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
    private Uri? address;

    public FcmSender(IOptions<PushOptions> push, FcmAccessToken accessToken, PushLanes lanes, TimeProvider time)
    {
        options = push.Value.Fcm;
        this.accessToken = accessToken;
        this.time = time;
        lane = lanes.Create("fcm", options.Endpoint, several: true, lanes.InFlight());
    }

    public async Task<PushResult> SendAsync(RevokePush push, CancellationToken cancellationToken)
    {
        using var activity = lane.Begin(push);
        if (FcmPayload.DataSize(push) > FcmPayload.Limit)
        {
            return lane.Report(push, PushResult.TooLarge());
        }

        var payload = FcmPayload.Build(push);
        return await lane.RunAsync(push, ct => AttemptAsync(payload, ct), cancellationToken);
    }

    public void Dispose() => lane.Dispose();

    private async Task<PushResult> AttemptAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!options.Configured)
        {
            return PushResult.CannotSend("NotConfigured", "Pushes to Android phones are not set up.");
        }

        var token = await accessToken.GetAsync(cancellationToken);
        if (token.Value is null)
        {
            return token.Failure!;
        }

        var answer = await PostAsync(payload, token, cancellationToken);
        if (FcmAnswers.WantsNewToken(answer))
        {
            token = await accessToken.RenewAsync(token.Value, cancellationToken);
            if (token.Value is null)
            {
                return token.Failure!;
            }

            answer = await PostAsync(payload, token, cancellationToken);
        }

        return FcmAnswers.Interpret(answer, time.GetUtcNow());
    }

    private async Task<FcmAnswer> PostAsync(ReadOnlyMemory<byte> payload, AccessToken token, CancellationToken cancellationToken)
    {
        address ??= lane.Connection.Address($"/v1/projects/{Uri.EscapeDataString(token.Project)}/messages:send");
        using var request = PushConnection.Post(address, payload);
        request.Headers.TryAddWithoutValidation("authorization", "Bearer " + token.Value);
        using var line = lane.Connection.Use();
        using var response = await line.SendAsync(request, cancellationToken);
        return await FcmAnswer.ReadAsync(response, time.GetUtcNow(), cancellationToken);
    }
}
