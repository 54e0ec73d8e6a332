
namespace BlokSec.Functions.Messaging;

/// <summary>A function that is started by a message. Runs again whenever in doubt, so it must converge.</summary>
/// <typeparam name="TMessage">What the queue carries.</typeparam>
internal interface IQueueFunction<in TMessage>
    where TMessage : QueueMessage
{
    Task<Outcome> HandleAsync(TMessage message, CancellationToken cancellationToken);

    /// <summary>Records, where an administrator sees it, that the message was given up.</summary>
    Task GiveUpAsync(TMessage message, string reason, CancellationToken cancellationToken);
}
