using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using BlokSec.Functions.Telemetry;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Messaging;

/// <summary>Sends messages, each with its raw JSON as body.</summary>
internal sealed class QueueSender(QueueLinks links, IOptions<QueueOptions> options, TimeProvider time)
{
    private const int MostTries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Sends a message; done when the bus has stored it.</summary>
    /// <param name="queue">One of <see cref="Queues"/>.</param>
    /// <param name="message">The work.</param>
    /// <param name="due">Not to be delivered before; null for at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="traceParent">
    /// The W3C trace context that a message which is sent again came with: it stays beside its earlier deliveries, so that a month of retries
    /// is no stair. Null for a message that this sending leads to.
    /// </param>
    /// <exception cref="QueueUnavailableException">The bus did not take it.</exception>
    public async Task SendAsync<TMessage>(
        string queue, TMessage message, DateTimeOffset? due, CancellationToken cancellationToken, string? traceParent = null)
        where TMessage : QueueMessage
    {
        using var activity = MessageSpans.Send(queue, message);
        var leaving = Leaving(message, due, traceParent ?? activity?.Id);
        await SendAsync(queue, activity, (sender, stop) => sender.SendMessageAsync(leaving, stop), cancellationToken);
    }

    /// <summary>Sends messages to one queue together, in as few sends as their size allows; done when the bus has stored all.</summary>
    /// <param name="queue">One of <see cref="Queues"/>.</param>
    /// <param name="messages">The work; none is sent for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueUnavailableException">The bus did not take all of them.</exception>
    public async Task SendAllAsync<TMessage>(string queue, IReadOnlyCollection<TMessage> messages, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        if (messages.Count == 0)
        {
            return;
        }

        using var activity = MessageSpans.Send(queue, messages.First(), messages.Count);
        var left = new Queue<ServiceBusMessage>(messages.Select(message => Leaving(message, due: null, activity?.Id)));
        while (left.Count > 0)
        {
            await SendAsync(queue, activity, (sender, stop) => SendBatchAsync(sender, left, stop), cancellationToken);
        }
    }

    /// <summary>
    /// Whether the bus is out, busy, full, not reached or does not let us in. A message that it can never take, as it is too large or
    /// malformed, is a fault of ours and none of these.
    /// </summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        ServiceBusException refused => refused.Reason
            is ServiceBusFailureReason.GeneralError or ServiceBusFailureReason.ServiceBusy or ServiceBusFailureReason.ServiceTimeout
            or ServiceBusFailureReason.ServiceCommunicationProblem or ServiceBusFailureReason.QuotaExceeded
            or ServiceBusFailureReason.MessagingEntityNotFound or ServiceBusFailureReason.MessagingEntityDisabled,
        UnauthorizedAccessException or AuthenticationFailedException => true,
        OperationCanceledException or TimeoutException or SocketException or IOException => true,

        // What the SDK makes of amqp:not-allowed, and of a link that is being closed or that another send gave up.
        InvalidOperationException => true,
        _ => false,
    };

    /// <summary>A message that fits no batch goes alone, and the bus says why it does not take it.</summary>
    private static async Task SendBatchAsync(ServiceBusSender sender, Queue<ServiceBusMessage> left, CancellationToken cancellationToken)
    {
        using var batch = await sender.CreateMessageBatchAsync(cancellationToken);
        var fitting = left.TakeWhile(batch.TryAddMessage).Count();
        await (fitting == 0 ? sender.SendMessageAsync(left.Peek(), cancellationToken) : sender.SendMessagesAsync(batch, cancellationToken));
        for (var sent = Math.Max(1, fitting); sent > 0; sent--)
        {
            left.Dequeue();
        }
    }

    private async Task SendAsync(
        string queue, Activity? activity, Func<ServiceBusSender, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        Invocation.AskedBus();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Value.SendTimeout);
        try
        {
            await TryAsync(queue, send, timeout.Token);
        }
        catch (Exception exception) when (IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            throw new QueueUnavailableException($"The bus cannot be reached for queue {queue}.", exception);
        }
    }

    /// <summary>A connection that was lost is only noticed by the send that needs it; the next one is on a new connection.</summary>
    private async Task TryAsync(string queue, Func<ServiceBusSender, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var sender = links.To(queue);
            try
            {
                await send(sender, cancellationToken);
                return;
            }
            catch (ServiceBusException exception) when (exception.Reason == ServiceBusFailureReason.ServiceBusy)
            {
                await links.GiveUpAsync(sender);
                throw;
            }
            catch (ServiceBusException exception) when (IsLost(exception) && tries < MostTries)
            {
                await Task.Delay(Pause * tries, cancellationToken);
            }
        }
    }

    private static bool IsLost(ServiceBusException exception) =>
        exception.IsTransient && exception.Reason is ServiceBusFailureReason.ServiceCommunicationProblem or ServiceBusFailureReason.GeneralError;

    private ServiceBusMessage Leaving<TMessage>(TMessage message, DateTimeOffset? due, string? traceParent)
        where TMessage : QueueMessage
    {
        var body = message with { DueAt = due ?? time.GetUtcNow() };
        var leaving = new ServiceBusMessage(JsonSerializer.SerializeToUtf8Bytes(body, Json.Documents))
        {
            ContentType = "application/json",
            MessageId = message.MessageId(),
        };
        if (due is { } when)
        {
            // AMQP counts milliseconds. A message that came a part of one early would only be sent again, at once and again and again.
            leaving.ScheduledEnqueueTime = new DateTimeOffset((when.UtcTicks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
        }

        MessageSpans.Carry(traceParent, leaving);
        return leaving;
    }
}
