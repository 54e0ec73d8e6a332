using BlokSec.Functions.Messaging;

namespace BlokSec.Functions.Hosting;

/// <summary>A message that is to be delivered again at a later time.</summary>
internal interface IRescheduled
{
    /// <summary>Sends it once.</summary>
    /// <exception cref="QueueUnavailableException">The bus did not take it.</exception>
    Task SendAsync(QueueSender queues, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IRescheduled"/>
/// <param name="Queue">One of <see cref="Queues"/>.</param>
/// <param name="Message">The message, with its counts raised.</param>
/// <param name="Later">When, and whether the documents say so too.</param>
/// <param name="SentBy">The W3C trace context that the message came with.</param>
internal sealed record Rescheduled<TMessage>(string Queue, TMessage Message, Outcome.Later Later, string? SentBy) : IRescheduled
    where TMessage : QueueMessage
{
    /// <inheritdoc/>
    public Task SendAsync(QueueSender queues, CancellationToken cancellationToken) =>
        queues.SendAsync(Queue, Message, Later.When, cancellationToken, SentBy);
}
