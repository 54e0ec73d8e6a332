using System.Text.Json;

namespace BlokSec.Functions.Push.Apns;

/// <summary>What Apple answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">Apple's word for an error; null for none that can be read.</param>
/// <param name="Since">For 410: when the token stopped being valid.</param>
/// <param name="RetryAfter">When to retry, if Apple says so.</param>
/// <param name="MessageId">The <c>apns-id</c>.</param>
internal readonly record struct ApnsAnswer(
    int Status, string? Reason = null, DateTimeOffset? Since = null, DateTimeOffset? RetryAfter = null, string? MessageId = null)
{
    public static ValueTask<ApnsAnswer> ReadAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status == StatusCodes.Status200OK)
        {
            var id = response.Headers.NonValidated.TryGetValues("apns-id", out var ids) ? ids.ToString() : null;
            return new(new ApnsAnswer(status, MessageId: id));
        }

        return new(ReadErrorAsync(response, now, cancellationToken));
    }

    private static async Task<ApnsAnswer> ReadErrorAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = await ProviderAnswer.ReadAsync(response.Content, cancellationToken);
        return new ApnsAnswer(status, ProviderAnswer.Word(body, "reason"), Timestamp(body), ProviderAnswer.RetryAfter(response, now));
    }

    private static DateTimeOffset? Timestamp(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object
        && body.TryGetProperty("timestamp", out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var milliseconds)
        && milliseconds >= 0
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}
