namespace BlokSec.Functions.Http;

/// <summary>
/// The <c>Idempotency-Key</c> header (draft-ietf-httpapi-idempotency-key-header), or its OASIS alias <c>Repeatability-Request-ID</c>:
/// the same key gives the same operation.
/// </summary>
/// <param name="Value">The key; null when none was sent.</param>
internal sealed record IdempotencyKey(string? Value)
{
    public const string Header = "Idempotency-Key";

    public const string Alias = "Repeatability-Request-ID";

    public const int MaxLength = 128;

    public static IdempotencyKey Of(HttpContext context)
    {
        var headers = context.Request.Headers;
        var sent = headers[Header] is { Count: > 0 } key ? key : headers[Alias];
        var value = sent.Count == 0 ? null : sent.ToString().Trim('"');
        return value is null or { Length: > 0 and <= MaxLength }
            ? new IdempotencyKey(value)
            : throw new InvalidFieldException(Header, $"is 1 to {MaxLength} characters");
    }
}
