using System.Buffers;

namespace BlokSec.Functions.Http;

/// <summary>Refuses malformed ids in a path before anything is looked up.</summary>
internal static class RouteIds
{
    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    private static readonly SearchValues<char> EventIds = SearchValues.Create("0123456789abcdef.");

    /// <summary>The form of each id, as a regular expression.</summary>
    public static readonly IReadOnlyDictionary<string, string> Patterns = new Dictionary<string, string>
    {
        ["userId"] = "^[A-Za-z0-9_-]{1,64}$",
        ["deviceId"] = "^[A-Za-z0-9_-]{43}$",
        ["applicationId"] = "^[A-Za-z0-9_-]{1,64}$",
        ["accountId"] = "^[A-Za-z0-9_-]{1,64}$",
        ["operationId"] = "^[0-9a-f]{32}$",
        ["requestId"] = "^[0-9a-f]{32}$",
        ["tenantId"] = "^[A-Za-z0-9_-]{1,64}$",
        ["streamId"] = "^[0-9a-f]{32}$",
        ["eventId"] = "^[0-9a-f.]{80}$",
        ["tokenId"] = "^[0-9a-f]{32}$",
        ["importId"] = "^[0-9a-f]{32}$",
        ["approvalId"] = "^[0-9a-f]{32}$",
        ["bulkOperationId"] = "^[0-9a-f]{32}$",
        ["authenticationRequestId"] = "^[A-Za-z0-9_-]{166}$",
    };

    public static ValueTask<object?> FilterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var (name, value) in context.HttpContext.Request.RouteValues)
        {
            if (Fault(name, value as string) is { } fault)
            {
                return ValueTask.FromResult<object?>(Problems.InvalidRequest(name, fault));
            }
        }

        return next(context);
    }

    private static string? Fault(string name, string? value) => name switch
    {
        "userId" when !Identifiers.IsUserId(value) => "is 1 to 64 of A-Z a-z 0-9 _ -",
        "deviceId" when !Identifiers.IsDeviceId(value) => "is 43 characters of base64url: the thumbprint of the device's key",
        "applicationId" when !Identifiers.IsApplicationId(value) => "is 1 to 64 of A-Z a-z 0-9 _ -",
        "accountId" when !Identifiers.Is(value, 1, 64) => "is 1 to 64 of A-Z a-z 0-9 _ -",
        "tenantId" when !Identifiers.IsTenantId(value) => "is 1 to 64 of A-Z a-z 0-9 _ -",
        "eventId" when value is not { Length: 80 } || value.AsSpan().ContainsAnyExcept(EventIds) => "is 80 characters: the jti of an event",
        "operationId" or "requestId" or "streamId" or "tokenId" or "importId" or "approvalId" or "bulkOperationId" when value is not { Length: 32 } || value.AsSpan().ContainsAnyExcept(HexadecimalDigits) => "is 32 hexadecimal digits",
        "authenticationRequestId" when !Identifiers.Is(value, 166, 166) => "is 166 characters of base64url: what auth_req_id told",
        _ => null,
    };
}
