using System.Net;
using System.Text.Json;
using BlokSec.Local.Demo;

namespace BlokSec.Local.DemoApp;

/// <summary>The application's stream of events at BlokSec: made at the start, or set right if there is one already.</summary>
internal sealed class EventSubscription(ApplicationClient client, string tenantId, Uri endpoint, string secret, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task subscribing = Task.CompletedTask;

    /// <summary>Ends once events are sent to the application.</summary>
    public Task Ready => ready.Task;

    /// <summary>Begins; tries until BlokSec answers.</summary>
    public void Start() => subscribing = SubscribeAsync(stopping.Token);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await subscribing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ready.TrySetCanceled();
        stopping.Dispose();
    }

    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        while (!await TryAsync(cancellationToken))
        {
            await Task.Delay(Pause, time, cancellationToken);
        }

        ready.TrySetResult();
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var own = await client.SendRawAsync(HttpMethod.Get, $"ssf/{tenantId}/streams", body: null, cancellationToken);
            if (!own.IsSuccessStatusCode)
            {
                return false;
            }

            var streams = await own.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            var stream = streams.EnumerateArray().FirstOrDefault(
                one => one.GetProperty("delivery").GetProperty("endpoint_url").GetString() == endpoint.AbsoluteUri);
            var body = new Dictionary<string, object>
            {
                ["delivery"] = new { method = "urn:ietf:rfc:8935", endpoint_url = endpoint.AbsoluteUri, authorization_header = $"Bearer {secret}" },
                ["events_requested"] = SecurityEvents.Endings.Keys,
                ["description"] = "The demo application",
                ["format"] = "iss_sub",
            };
            return await SetAsync(stream, body, cancellationToken) switch
            {
                HttpStatusCode.Created or HttpStatusCode.OK => true,
                // As many as allowed, of earlier starts on other ports.
                HttpStatusCode.Conflict when streams.GetArrayLength() > 0 => await SetAsync(streams[0], body, cancellationToken) == HttpStatusCode.OK,
                _ => false,
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            return false;
        }
    }

    /// <summary>Replaces a stream; makes one when there is none.</summary>
    private async Task<HttpStatusCode> SetAsync(JsonElement stream, Dictionary<string, object> body, CancellationToken cancellationToken)
    {
        var isThere = stream.ValueKind == JsonValueKind.Object;
        if (isThere)
        {
            body["stream_id"] = stream.GetProperty("stream_id").GetString()!;
        }

        using var answer = await client.SendRawAsync(
            isThere ? HttpMethod.Put : HttpMethod.Post, $"ssf/{tenantId}/streams", body, cancellationToken);
        return answer.StatusCode;
    }
}
