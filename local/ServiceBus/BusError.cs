using System.Globalization;
using System.Security;

namespace BlokSec.Local.ServiceBus;

/// <summary>A refusal, worded in the XML that Service Bus answers with.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong.</param>
internal sealed record BusError(int Status, string Detail)
{
    public static BusError LockLost { get; } = new(
        StatusCodes.Status404NotFound,
        "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue, "
        + "or was received by a different receiver instance.");

    /// <summary>What the service says for a status when there is nothing more special to say.</summary>
    public static BusError For(int status, string? reason) => new(status, reason ?? status switch
    {
        400 => "BadRequest: The request is malformed.",
        401 => "InvalidSignature: The token has an invalid signature.",
        403 => "QuotaExceeded: The maximum entity size has been reached or exceeded.",
        404 or 410 => "MessagingEntityNotFound: The messaging entity could not be found.",
        429 => "ServerBusy: The request was terminated because the namespace is being throttled. Please wait 2 seconds and try again.",
        500 => "InternalServerError: The service was unable to process the request; please retry the operation.",
        503 => "ServerBusy: The request was terminated because the entity is being throttled. Please wait 10 seconds and try again.",
        _ => "The request could not be processed.",
    });

    public Task WriteAsync(HttpContext context, TimeProvider time)
    {
        var timestamp = time.GetUtcNow().UtcDateTime.ToString("s", CultureInfo.InvariantCulture);
        var tracker = $"{context.Request.Host}{context.Request.Path}";
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/xml; charset=utf-8";
        return context.Response.WriteAsync(
            $"<Error><Code>{Status}</Code><Detail>{SecurityElement.Escape(Detail)} TrackingId:{Guid.NewGuid()}_L0, "
            + $"SystemTracker:{SecurityElement.Escape(tracker)}, Timestamp:{timestamp}</Detail></Error>",
            context.RequestAborted);
    }
}
