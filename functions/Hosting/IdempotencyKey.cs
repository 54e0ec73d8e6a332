namespace BlokSec.Functions.Hosting;

/// <summary>
/// The <c>Idempotency-Key</c> header (draft-ietf-httpapi-idempotency-key-header), or its OASIS alias <c>Repeatability-Request-ID</c>:
/// the same key gives the same operation.
/// </summary>
/// <param name="Value">The key; null when none was sent.</param>
internal sealed record IdempotencyKey(string? Value)
{
    private const int MaxLength = 128;

    public static ValueTask<IdempotencyKey> BindAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var sent = headers["Idempotency-Key"] is { Count: > 0 } key ? key : headers["Repeatability-Request-ID"];
        var value = sent.Count == 0 ? null : sent.ToString().Trim('"');
        return value is null or { Length: > 0 and <= MaxLength }
            ? ValueTask.FromResult(new IdempotencyKey(value))
            : throw new BadHttpRequestException($"Idempotency-Key is 1 to {MaxLength} characters.");
    }
}
