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
        lane = lanes.Create("fcm", options.Endpoint, several: true, lanes.Bulkhead());
    }

    public async Task<PushResult> SendAsync(RevokePush push, CancellationToken cancellationToken)
    {
        using var activity = lane.Begin(push);
        if (FcmPayload.Size(push) > FcmPayload.Limit)
        {
            return lane.Report(push, PushResult.TooLarge());
        }

        var payload = FcmPayload.Build(push);
        return await lane.RunAsync(push, deadline => AttemptAsync(payload, deadline), cancellationToken);
    }

    public void Dispose() => lane.Dispose();

    private async Task<PushResult> AttemptAsync(ReadOnlyMemory<byte> payload, PushDeadline deadline)
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

    private async Task<FcmAnswer> PostAsync(ReadOnlyMemory<byte> payload, AccessToken token, PushDeadline deadline)
    {
        address ??= lane.Connection.Address($"/v1/projects/{Uri.EscapeDataString(token.Project)}/messages:send");
        using var request = PushConnection.Post(address, payload, deadline);
        request.Headers.TryAddWithoutValidation("authorization", "Bearer " + token.Value);
        return await lane.Connection.SendAsync(
            request, deadline, (response, ct) => FcmAnswer.ReadAsync(response, time.GetUtcNow(), ct), isLast: _ => false);
    }
}
