namespace BlokSec.Functions.Hosting;

/// <summary>
/// Messages that this instance rejected. The host redelivers one until its deliveries are used up and it is dead-lettered; meanwhile
/// its work is not run again. A dead letter that somebody sends again has a first delivery again, and is carried out.
/// </summary>
internal sealed class RejectedMessages
{
    private const int Kept = 1000;

    private readonly Lock gate = new();
    private readonly HashSet<string> known = [];
    private readonly Queue<string> oldestFirst = new();

    /// <summary>Whether the delivery is one of a message that was rejected before.</summary>
    public bool Contains(string queue, Delivery delivery)
    {
        if (delivery is not { MessageId: { } messageId, Count: > 1 })
        {
            return false;
        }

        lock (gate)
        {
            return known.Contains(Key(queue, messageId));
        }
    }

    public void Add(string queue, Delivery delivery)
    {
        if (delivery.MessageId is not { } messageId)
        {
            return;
        }

        lock (gate)
        {
            if (!known.Add(Key(queue, messageId)))
            {
                return;
            }

            oldestFirst.Enqueue(Key(queue, messageId));
            if (oldestFirst.Count > Kept)
            {
                known.Remove(oldestFirst.Dequeue());
            }
        }
    }

    private static string Key(string queue, string messageId) => $"{queue}/{messageId}";
}
