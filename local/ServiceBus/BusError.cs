namespace BlokSec.Local.ServiceBus;

/// <summary>Refusals in the words of Service Bus.</summary>
internal static class BusError
{
    public const string LockLost =
        "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue, "
        + "or was received by a different receiver instance.";

    /// <summary>What the service says for a status when there is nothing more special to say.</summary>
    public static string Describe(int status, string? reason) => reason ?? status switch
    {
        400 => "BadRequest: The request is malformed.",
        401 => "InvalidSignature: The token has an invalid signature.",
        403 => "QuotaExceeded: The maximum entity size has been reached or exceeded.",
        404 or 410 => "MessagingEntityNotFound: The messaging entity could not be found.",
        429 => "ServerBusy: The request was terminated because the namespace is being throttled. Please wait 2 seconds and try again.",
        500 => "InternalServerError: The service was unable to process the request; please retry the operation.",
        503 => "ServerBusy: The request was terminated because the entity is being throttled. Please wait 10 seconds and try again.",
        _ => "The request could not be processed.",
    };
}
