using System.Collections.Concurrent;
using BlokSec.Local.Faults;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transport;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// Gives each connection, and each link on it, what it is to do. Tokens are judged by the real clock, which is the one that their
/// issuers go by; a clock that tests move is the queues' alone.
/// </summary>
internal sealed class BusRuntime(IReadOnlyDictionary<string, MessageQueue> queues, AccessRules rules, FaultGate faults)
    : IRuntimeProvider, IDisposable
{
    private readonly ConcurrentDictionary<AmqpConnection, BusConnection> connections = new();

    public AmqpConnection CreateConnection(
        TransportBase transport, ProtocolHeader protocolHeader, bool isInitiator, AmqpSettings amqpSettings, AmqpConnectionSettings connectionSettings)
    {
        var connection = new AmqpConnection(transport, protocolHeader, isInitiator, amqpSettings, connectionSettings);
        var bus = connections[connection] = new BusConnection(connection, queues, new ConnectionAccess(rules, TimeProvider.System), faults);
        connection.SafeAddClosed((_, _) =>
        {
            connections.TryRemove(connection, out _);
            bus.Dispose();
        });
        return connection;
    }

    public AmqpSession CreateSession(AmqpConnection connection, AmqpSessionSettings settings) => new(connection, settings, this);

    public AmqpLink CreateLink(AmqpSession session, AmqpLinkSettings settings)
    {
        settings.MaxMessageSize = MessageQueue.LargestMessage;
        return settings.IsReceiver() ? new ReceivingAmqpLink(session, settings) : new SendingAmqpLink(session, settings);
    }

    public IAsyncResult BeginOpenLink(AmqpLink link, TimeSpan timeout, AsyncCallback callback, object state)
    {
        var opened = new TaskCompletionSource(state);
        try
        {
            connections[link.Session.Connection].Open(link);
            opened.SetResult();
        }
        catch (Exception exception) when (exception is AmqpException or KeyNotFoundException)
        {
            opened.SetException(exception);
        }

        callback(opened.Task);
        return opened.Task;
    }

    public void EndOpenLink(IAsyncResult result) => ((Task)result).GetAwaiter().GetResult();

    public void Dispose()
    {
        foreach (var connection in connections.Keys)
        {
            connection.Abort();
        }
    }
}
