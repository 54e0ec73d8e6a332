using System.Net;

namespace BlokSec.Functions.Push;

/// <summary>A request's body, which tells its deadline when it leaves: that is the first moment after the wait for a stream.</summary>
internal sealed class PushContent(ReadOnlyMemory<byte> body, PushDeadline deadline) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        deadline.Leave();
        return stream.WriteAsync(body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
