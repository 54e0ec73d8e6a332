using BlokSec.Local.Faults;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>A link that a client sends to a queue on.</summary>
internal sealed class Inlet
{
    private readonly ReceivingAmqpLink link;
    private readonly MessageQueue queue;
    private readonly BusGate gate;
    private readonly ConnectionAccess access;

    public Inlet(ReceivingAmqpLink link, MessageQueue queue, BusGate gate, ConnectionAccess access)
    {
        this.link = link;
        this.queue = queue;
        this.gate = gate;
        this.access = access;
        link.RegisterMessageListener(message => _ = TakeAsync(message));
    }

    private async Task TakeAsync(AmqpMessage transfer)
    {
        try
        {
            if (!access.Opens(queue.Path))
            {
                link.SafeClose(Conditions.Refuse(StatusCodes.Status401Unauthorized, "ExpiredToken: The token of this link is over."));
                return;
            }

            var ending = await StoreAsync(transfer);
            if (!ending.IsDropped)
            {
                link.DisposeMessage(transfer, ending.Error is { } error ? new Rejected { Error = error } : AmqpConstants.AcceptedOutcome, settled: true, batchable: false);
            }
        }
        catch (Exception exception) when (exception is AmqpException or OperationCanceledException or InvalidOperationException)
        {
            link.SafeClose(exception);
        }
        finally
        {
            transfer.Dispose();
        }
    }

    private async Task<Ending> StoreAsync(AmqpMessage transfer)
    {
        IReadOnlyList<IncomingMessage> messages;
        try
        {
            if (transfer.TxnId.Array is not null)
            {
                throw Conditions.NotImplemented("transactions");
            }

            messages = MessageReader.Read(transfer);
        }
        catch (AmqpException exception)
        {
            return new Ending(exception.Error);
        }
        catch (InvalidDataException exception)
        {
            return new Ending(Conditions.Of(StatusCodes.Status400BadRequest, exception.Message));
        }

        return await gate.RunAsync("send", queue.Path, messages.Count, BusGate.Describe(messages), rule => Store(messages, rule));
    }

    private Done Store(IReadOnlyList<IncomingMessage> messages, FaultRule? rule)
    {
        queue.Send(messages, twice: rule?.Duplicate == true);
        return Done.Stored;
    }
}
