using BlokSec.Local.Faults;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transaction;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>One client's connection: what it may do, and its links.</summary>
internal sealed class BusConnection : IDisposable
{
    private static readonly AmqpSymbol[] SessionFilters = ["com.microsoft:session-filter", "com.microsoft:non-exclusive-session-filter"];

    private readonly AmqpConnection connection;
    private readonly IReadOnlyDictionary<string, MessageQueue> queues;
    private readonly ConnectionAccess access;
    private readonly CancellationTokenSource gone = new();
    private readonly ReplyLinks replies = new();
    private readonly BusGate gate;
    private readonly TokenNode tokens;

    public BusConnection(AmqpConnection connection, IReadOnlyDictionary<string, MessageQueue> queues, ConnectionAccess access, FaultGate faults)
    {
        this.connection = connection;
        this.queues = queues;
        this.access = access;
        gate = new BusGate(faults, connection, gone.Token);
        tokens = new TokenNode(access, replies);
    }

    /// <summary>Gives a new link its work.</summary>
    /// <exception cref="AmqpException">There is no such address, no token opens it, or it asks for what is not known here.</exception>
    public void Open(AmqpLink link)
    {
        access.Trust(connection.Principal);
        var address = AddressOf(link).Trim('/');
        if (address.Equals(TokenNode.Address, StringComparison.OrdinalIgnoreCase))
        {
            OpenRequests(link, tokens.Attach);
            return;
        }

        if (!access.Opens(address))
        {
            throw Conditions.Refuse(StatusCodes.Status401Unauthorized, $"Unauthorized access. No token opens '{address}' on this connection.");
        }

        var isManagement = address.EndsWith(ManagementNode.Suffix, StringComparison.OrdinalIgnoreCase);
        var queue = QueueOf(isManagement ? address[..^ManagementNode.Suffix.Length] : address);
        if (isManagement)
        {
            OpenRequests(link, new ManagementNode(queue, gate, access, replies).Attach);
        }
        else if (link is ReceivingAmqpLink inlet)
        {
            OpenInlet(inlet, queue);
        }
        else
        {
            OpenOutlet((SendingAmqpLink)link, queue);
        }
    }

    public void Dispose() => gone.Cancel();

    private void OpenRequests(AmqpLink link, Action<ReceivingAmqpLink> attach)
    {
        if (link is ReceivingAmqpLink requests)
        {
            attach(requests);
        }
        else
        {
            replies.Add((SendingAmqpLink)link);
        }
    }

    private void OpenInlet(ReceivingAmqpLink link, MessageQueue queue)
    {
        if (queue.DeadLetters is null)
        {
            throw Conditions.Refuse(StatusCodes.Status405MethodNotAllowed, "Messages cannot be sent to a dead-letter queue.");
        }

        _ = new Inlet(link, queue, gate, access);
    }

    private void OpenOutlet(SendingAmqpLink link, MessageQueue queue)
    {
        if (link.Settings.Source is Source { FilterSet: { } filters } && filters.Any(asked => asked.Key.Key is AmqpSymbol name && SessionFilters.Contains(name)))
        {
            throw Conditions.NotImplemented("sessions");
        }

        _ = new Outlet(link, queue, gate, access);
    }

    private MessageQueue QueueOf(string path) => queues.TryGetValue(path, out var queue)
        ? queue
        : throw Conditions.Refuse(StatusCodes.Status404NotFound, $"MessagingEntityNotFound: The messaging entity '{path}' could not be found.");

    private static string AddressOf(AmqpLink link) => (link.IsReceiver ? link.Settings.Target : link.Settings.Source) switch
    {
        Coordinator => throw Conditions.NotImplemented("transactions"),
        Target { Address: { } address } => address.ToString()!,
        Source { Address: { } address } => address.ToString()!,
        _ => throw Conditions.Refuse(StatusCodes.Status400BadRequest, "The link names no address."),
    };
}
