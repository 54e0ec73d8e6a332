using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// The error conditions of <see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot">Service
/// Bus over AMQP</see>, by the HTTP status that management answers carry beside them.
/// </summary>
internal static class Conditions
{
    public static readonly AmqpSymbol LockLost = "com.microsoft:message-lock-lost";
    public static readonly AmqpSymbol MessageNotFound = "com.microsoft:message-not-found";
    public static readonly AmqpSymbol DeadLetter = "com.microsoft:dead-letter";

    private static readonly int[] Statuses = [400, 401, 403, 404, 405, 408, 410, 413, 423, 503, 501];

    private static readonly AmqpSymbol ArgumentError = "com.microsoft:argument-error";
    private static readonly AmqpSymbol Timeout = "com.microsoft:timeout";
    private static readonly AmqpSymbol ServerBusy = "com.microsoft:server-busy";
    private static readonly AmqpSymbol EntityDisabled = "com.microsoft:entity-disabled";

    /// <summary>A lock that is not, or no longer, held.</summary>
    public static Error LockIsLost => new() { Condition = LockLost, Description = BusError.LockLost };

    /// <summary>A sequence number that nothing has.</summary>
    public static Error IsNotThere => new() { Condition = MessageNotFound, Description = "The message could not be found." };

    /// <summary>The condition of a status, with what the service says for it. A reason that is itself a condition takes its place.</summary>
    public static Error Of(int status, string? reason = null) => reason is not null && IsCondition(reason)
        ? new Error { Condition = reason, Description = BusError.Describe(status, null) }
        : new Error { Condition = Of(status), Description = BusError.Describe(status, reason) };

    public static AmqpException Refuse(int status, string detail) => new(Of(status, detail));

    public static AmqpException NotImplemented(string what) => Refuse(501, $"The local Service Bus does not know {what}.");

    /// <summary>The status that management answers carry beside a condition.</summary>
    public static int StatusOf(Error error) =>
        Statuses.FirstOrDefault(status => Of(status).Equals(error.Condition)) is > 0 and var known ? known
        : error.Condition.Equals(MessageNotFound) ? StatusCodes.Status404NotFound
        : StatusCodes.Status500InternalServerError;

    private static bool IsCondition(string reason) =>
        reason.StartsWith("amqp:", StringComparison.Ordinal) || reason.StartsWith("com.microsoft:", StringComparison.Ordinal);

    private static AmqpSymbol Of(int status) => status switch
    {
        400 => ArgumentError,
        401 => AmqpErrorCode.UnauthorizedAccess,
        403 => AmqpErrorCode.ResourceLimitExceeded,
        404 => AmqpErrorCode.NotFound,
        405 => AmqpErrorCode.NotAllowed,
        408 => Timeout,
        410 => LockLost,
        413 => AmqpErrorCode.MessageSizeExceeded,
        423 => EntityDisabled,
        429 or 503 => ServerBusy,
        501 => AmqpErrorCode.NotImplemented,
        _ => AmqpErrorCode.InternalError,
    };
}
