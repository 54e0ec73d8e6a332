using System.Collections.Concurrent;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// The links of one connection that answers to requests go out on. A request names its link by the address that the client gave it, or,
/// where it gave none, by the link's name.
/// </summary>
internal sealed class ReplyLinks
{
    private readonly ConcurrentDictionary<string, SendingAmqpLink> links = new(StringComparer.Ordinal);
    private long tags;

    public void Add(SendingAmqpLink link)
    {
        var name = (link.Settings.Target as Target)?.Address?.ToString() is { Length: > 0 } address ? address : link.Name;
        links[name] = link;
        link.SafeAddClosed((_, _) => links.TryRemove(KeyValuePair.Create(name, link)));
    }

    /// <summary>Sends the answer to a request; to nobody when its link is closed meanwhile.</summary>
    public void Reply(AmqpMessage request, AmqpMessage answer)
    {
        if (request.Properties.ReplyTo?.ToString() is { } name && links.TryGetValue(name, out var link))
        {
            answer.Properties.CorrelationId = request.Properties.MessageId;
            link.SendMessageNoWait(answer, new ArraySegment<byte>(BitConverter.GetBytes(Interlocked.Increment(ref tags))), AmqpConstants.NullBinary);
        }
    }
}
