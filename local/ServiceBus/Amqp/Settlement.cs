using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transaction;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// What receivers say of the messages that they were handed: the
/// <see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#receiver-sends-disposition">dispositions</see>.
/// </summary>
internal sealed class Settlement(SendingAmqpLink link, MessageQueue queue, BusGate gate)
{
    /// <summary>Settles a message, and answers whoever waits for it.</summary>
    public async Task SettleAsync(Delivery delivery)
    {
        // The receiver of a link that settles by itself has nothing to say.
        if (delivery.State is not { } state || state is Received || link.Settings.SettleType == SettleMode.SettleOnSend)
        {
            return;
        }

        try
        {
            var isAnswered = delivery.Settled;
            var ending = await SettleAsync(delivery.DeliveryTag, state);
            if (!ending.IsDropped && !isAnswered)
            {
                link.DisposeDelivery(delivery, settled: true, AnswerTo(state, ending.Error));
            }
        }
        catch (Exception exception) when (exception is AmqpException or OperationCanceledException or InvalidOperationException)
        {
            link.SafeClose(exception);
        }
    }

    private Task<Ending> SettleAsync(ArraySegment<byte> tag, DeliveryState state)
    {
        var held = new Guid(tag);
        return state switch
        {
            TransactionalState => Task.FromResult(new Ending(Conditions.NotImplemented("transactions").Error)),
            Modified { UndeliverableHere: true } modified => RunAsync("defer", () => queue.Defer(held, Changed(modified.MessageAnnotations))),
            Modified modified => RunAsync("abandon", () => queue.Abandon(held, Changed(modified.MessageAnnotations))),
            Rejected rejected => RunAsync("dead-letter", () => queue.DeadLetter(held, Reason(rejected.Error))),
            Released => RunAsync("abandon", () => queue.TakeBack(held)),
            _ => RunAsync("complete", () => queue.Complete(held)),
        };
    }

    private Task<Ending> RunAsync(string operation, Func<bool> settle) =>
        gate.RunAsync(operation, queue.Path, messages: 1, content: "", _ => settle() ? Done.Well : Done.LockLost);

    /// <summary>With an error, clients would take a dead-lettering for failed.</summary>
    private static DeliveryState AnswerTo(DeliveryState state, Error? error) =>
        error is not null ? new Rejected { Error = error } : state is Rejected ? new Rejected() : state;

    private static Changes Reason(Error? error)
    {
        var changes = error is null || error.Condition.Equals(Conditions.DeadLetter)
            ? []
            : Changes.DeadLetter(error.Condition.Value, error.Description);
        foreach (var (name, value) in Changed(error?.Info))
        {
            changes[name] = value;
        }

        return changes;
    }

    private static Changes Changed(Fields? fields)
    {
        var changes = new Changes();
        foreach (var field in fields ?? [])
        {
            changes[((AmqpSymbol)field.Key.Key).Value] = field.Value;
        }

        return changes;
    }
}
