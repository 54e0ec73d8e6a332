using System.Globalization;

namespace BlokSec.Local.ServiceBus;

/// <summary>Proof that a receiver holds a message.</summary>
/// <param name="Token">The lock token.</param>
/// <param name="Key">Sequence number or message id, where the receiver has to name it too.</param>
internal sealed record MessageLock(Guid Token, string? Key = null)
{
    public bool Fits(QueuedMessage message) =>
        Key is null || Key == message.MessageId || Key == message.SequenceNumber.ToString(CultureInfo.InvariantCulture);
}
