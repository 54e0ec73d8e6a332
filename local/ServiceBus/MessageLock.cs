using System.Globalization;

namespace BlokSec.Local.ServiceBus;

/// <summary>Proof that a receiver holds a message: what its <c>Location</c> names.</summary>
/// <param name="Key">Sequence number or message id.</param>
/// <param name="Token">The lock token.</param>
internal sealed record MessageLock(string Key, Guid Token)
{
    public bool Fits(QueuedMessage message) =>
        Key == message.MessageId || Key == message.SequenceNumber.ToString(CultureInfo.InvariantCulture);
}
