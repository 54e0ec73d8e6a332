using Microsoft.Azure.Amqp;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// A link that a client receives from a queue on. It hands out messages as long as the client has given credit for them; closing it
/// frees no lock.
/// </summary>
internal sealed class Outlet
{
    private readonly SendingAmqpLink link;
    private readonly MessageQueue queue;
    private readonly BusGate gate;
    private readonly ConnectionAccess access;
    private readonly CancellationToken closed;
    private readonly bool isForGood;
    private int pumping;

    public Outlet(SendingAmqpLink link, MessageQueue queue, BusGate gate, ConnectionAccess access)
    {
        this.link = link;
        this.queue = queue;
        this.gate = gate;
        this.access = access;
        isForGood = link.Settings.SettleType == SettleMode.SettleOnSend;
        var settlement = new Settlement(link, queue, gate);
        link.RegisterCreditListener((_, _, _) => Pump());
        link.RegisterDispositionListener(delivery => _ = settlement.SettleAsync(delivery));
        var end = new CancellationTokenSource();
        closed = end.Token;
        link.SafeAddClosed((_, _) => end.Cancel());
    }

    private bool HasCredit => link.LinkCredit > 0 && !link.IsClosing();

    /// <summary>Runs on the caller's thread to its first wait, so that whoever drains the link gets what is there.</summary>
    private void Pump()
    {
        if (Interlocked.Exchange(ref pumping, 1) == 0)
        {
            _ = PumpAsync();
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            do
            {
                while (HasCredit)
                {
                    await HandOutOrWaitAsync();
                }

                Volatile.Write(ref pumping, 0);
            }
            while (HasCredit && Interlocked.Exchange(ref pumping, 1) == 0);
        }
        catch (OperationCanceledException)
        {
            // The link is closed.
        }
        catch (Exception exception) when (exception is AmqpException or InvalidOperationException or ObjectDisposedException)
        {
            link.SafeClose(exception);
        }
    }

    private async Task HandOutOrWaitAsync()
    {
        var changed = queue.NextChange;
        if (!access.Opens(queue.Path))
        {
            link.SafeClose(Conditions.Refuse(StatusCodes.Status401Unauthorized, "ExpiredToken: The token of this link is over."));
            throw new OperationCanceledException();
        }

        if (!queue.AnyActive())
        {
            await queue.ChangedAsync(changed, DateTimeOffset.MaxValue, closed);
            return;
        }

        QueuedMessage? message = null;
        var ending = await gate.RunAsync("receive", queue.Path, messages: 1, content: "", rule =>
        {
            message = queue.TryLock(rule?.Reorder == true);
            return message is null ? Done.Nothing : Done.Well;
        });
        if (ending.IsDropped)
        {
            throw new OperationCanceledException();
        }

        if (ending.Error is { } error)
        {
            link.SafeClose(new AmqpException(error));
        }
        else if (message is not null)
        {
            HandOut(message);
        }
    }

    /// <summary>The credit may be gone by now, or the link: then it is as if the message had never been taken.</summary>
    private void HandOut(QueuedMessage message)
    {
        var token = message.LockToken!.Value;
        var transfer = MessageWriter.Transfer(isForGood ? message with { LockedUntil = null } : message, queue);
        transfer.DeliveryTag = new ArraySegment<byte>(token.ToByteArray());
        if (link.IsClosing() || !link.TrySendDelivery(transfer))
        {
            queue.TakeBack(token);
        }
        else if (isForGood)
        {
            queue.Complete(token);
        }
    }
}
