using System.Net;

namespace BlokSec.Functions.Push;

/// <summary>
/// A request's body, which tells its deadline when it leaves: that is the first moment after the wait for a stream. The platform's own
/// kind of content, as with others it also waits for an answer that comes before the body is written, which costs more.
/// </summary>
internal sealed class PushContent(PushPayload payload, PushDeadline deadline) : ByteArrayContent(payload.Array, 0, payload.Length)
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        deadline.Leave();
        return deadline.Leaving = stream.WriteAsync(payload.Bytes, cancellationToken).AsTask();
    }
}
