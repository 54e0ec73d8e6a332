using System.Text.Json.Nodes;

namespace BlokSec.Local.Fcm;

/// <summary>
/// An error answer of the HTTP v1 API. Which types its details have tells a bad request from a bad token
/// (https://firebase.google.com/docs/cloud-messaging/error-codes).
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="RpcStatus">Google's canonical code, such as <c>NOT_FOUND</c>.</param>
/// <param name="Message">Google's text.</param>
/// <param name="ErrorCode">The code in an <c>FcmError</c> detail; null for none.</param>
/// <param name="Field">The field in a <c>BadRequest</c> detail, empty for a detail that names none; null for no such detail.</param>
internal sealed record FcmRefusal(int Status, string RpcStatus, string Message, string? ErrorCode = null, string? Field = null)
{
    /// <summary>As the fault switches name it: a code of FCM, a canonical code, or <c>BadRequest</c>.</summary>
    public static FcmRefusal Of(int status, string reason) => reason switch
    {
        "BadRequest" => Invalid("message.data[0].value", "Invalid value at 'message.data[0].value' (TYPE_STRING), 12"),
        "INVALID_ARGUMENT" => new(status, reason, "The registration token is not a valid FCM registration token", reason),
        "UNREGISTERED" => new(status, "NOT_FOUND", "Requested entity was not found.", reason),
        "SENDER_ID_MISMATCH" => new(status, "PERMISSION_DENIED", "SenderId mismatch", reason),
        "QUOTA_EXCEEDED" => new(status, "RESOURCE_EXHAUSTED", "Message rate limit exceeded for the device.", reason),
        "THIRD_PARTY_AUTH_ERROR" => new(status, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service", reason),
        "UNAVAILABLE" => new(status, reason, "The service is currently unavailable.", reason),
        "INTERNAL" => new(status, reason, "Internal error encountered.", reason),
        "UNSPECIFIED_ERROR" => new(status, "UNKNOWN", "Unknown error.", reason),
        _ => new(status, reason, "Request failed."),
    };

    /// <summary>A bug in the request.</summary>
    public static FcmRefusal Invalid(string field, string message) => new(400, "INVALID_ARGUMENT", message, Field: field);

    public JsonObject ToJson()
    {
        var details = new JsonArray();
        if (Field is not null)
        {
            var bad = new JsonObject { ["@type"] = "type.googleapis.com/google.rpc.BadRequest" };
            if (Field.Length > 0)
            {
                bad["fieldViolations"] = new JsonArray(new JsonObject { ["field"] = Field, ["description"] = Message });
            }

            details.Add(bad);
        }

        if (ErrorCode is not null)
        {
            details.Add(new JsonObject
            {
                ["@type"] = "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                ["errorCode"] = ErrorCode,
            });
        }

        var error = new JsonObject { ["code"] = Status, ["message"] = Message, ["status"] = RpcStatus };
        if (details.Count > 0)
        {
            error["details"] = details;
        }

        return new JsonObject { ["error"] = error };
    }
}
