using System.Globalization;
using System.Text.Json;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Cosmos;

/// <summary>Words errors as the service does: <c>{ "code", "message" }</c> and a sub status header.</summary>
internal static class CosmosErrors
{
    /// <summary>3200: the request rate is larger than the throughput that was bought.</summary>
    private const int RequestRateTooLarge = 3200;

    /// <summary>The answer of an injected fault.</summary>
    public static Task WriteAsync(HttpContext context, FaultRule rule)
    {
        var status = rule.Status ?? 500;
        var subStatus = int.TryParse(rule.Reason, CultureInfo.InvariantCulture, out var reason) ? reason
            : status == 429 ? RequestRateTooLarge : 0;
        if (status == 429 && !context.Response.Headers.ContainsKey(CosmosHeaders.RetryAfterMilliseconds))
        {
            context.Response.Headers[CosmosHeaders.RetryAfterMilliseconds] = "10";
        }

        return ToAnswer(new CosmosRefusal(status, Message(status), subStatus)).WriteAsync(context);
    }

    public static CosmosAnswer ToAnswer(CosmosRefusal refusal)
    {
        var error = new { code = Code(refusal.Status), message = $"Message: {{\"Errors\":[{JsonSerializer.Serialize(refusal.Message)}]}}" };
        return new(refusal.Status) { SubStatus = refusal.SubStatus, Body = JsonSerializer.SerializeToUtf8Bytes(error) };
    }

    private static string Code(int status) => status switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "PreconditionFailed",
        413 => "RequestEntityTooLarge",
        500 => "InternalServerError",
        501 => "NotImplemented",
        503 => "ServiceUnavailable",
        _ => status.ToString(CultureInfo.InvariantCulture),
    };

    private static string Message(int status) => status switch
    {
        403 => "Request blocked by the access rules of the account.",
        408 => "Request timed out.",
        409 => "Entity with the specified id already exists in the system.",
        410 => "The requested resource is no longer available at the server.",
        412 => "Operation cannot be performed because one of the specified precondition is not met.",
        429 => "Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later.",
        449 => "Conflicting request to resource has been attempted. Retry to avoid conflicts.",
        503 => "Service is currently unavailable, please retry.",
        _ => "The request failed.",
    };
}
