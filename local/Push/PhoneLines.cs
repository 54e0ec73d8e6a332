using BlokSec.Local.Faults;

namespace BlokSec.Local.Push;

/// <summary>What a provider knows about a push handle.</summary>
/// <param name="Known">Whether the handle was ever given out.</param>
/// <param name="DeletedAt">When the app was deleted from the phone; null while it is there.</param>
internal readonly record struct HandleState(bool Known, DateTimeOffset? DeletedAt);

/// <summary>
/// The lines from a provider to its virtual phones. A phone that is offline has its pushes kept until it is back or they expire;
/// a push with the same collapse key takes the place of the older one, and where there is no more room the oldest goes.
/// </summary>
/// <param name="time">Decides what has expired.</param>
/// <param name="room">How many pushes are kept for a phone that is offline.</param>
internal sealed class PhoneLines(TimeProvider time, int room)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);

    public void Register(string token, Func<DeliveredPush, Task> deliver)
    {
        lock (gate)
        {
            lines[token] = new Line(deliver);
        }
    }

    public void Unregister(string token, DateTimeOffset deletedAt)
    {
        lock (gate)
        {
            if (!lines.TryGetValue(token, out var line))
            {
                lines[token] = line = new Line(_ => Task.CompletedTask);
            }

            line.DeletedAt = deletedAt;
            line.Kept.Clear();
        }
    }

    public void SetOnline(string token, bool online)
    {
        lock (gate)
        {
            if (!lines.TryGetValue(token, out var line) || line.DeletedAt is not null)
            {
                return;
            }

            line.Online = online;
            if (online)
            {
                var kept = line.Kept.ToArray();
                line.Kept.Clear();
                foreach (var push in kept.Where(push => push.ExpiresAt > time.GetUtcNow()))
                {
                    line.Send(push.Push);
                }
            }
        }
    }

    public HandleState Look(string token)
    {
        lock (gate)
        {
            return lines.TryGetValue(token, out var line) ? new HandleState(Known: true, line.DeletedAt) : default;
        }
    }

    /// <summary>Delivers now, or keeps the push for a phone that is offline; <see cref="FaultRule.Lose"/> and <see cref="FaultRule.Duplicate"/> strike here.</summary>
    public void Accept(DeliveredPush push, string? collapseKey, DateTimeOffset expiresAt, FaultRule? rule)
    {
        if (rule is { Lose: true })
        {
            return;
        }

        lock (gate)
        {
            if (!lines.TryGetValue(push.Token, out var line))
            {
                return;
            }

            for (var copies = rule is { Duplicate: true } ? 2 : 1; copies > 0; copies--)
            {
                if (line.Online)
                {
                    line.Send(push);
                }
                else if (expiresAt > time.GetUtcNow())
                {
                    line.Keep(new KeptPush(push, collapseKey, expiresAt), room);
                }
            }
        }
    }

    /// <summary>Completes when every push on its way has reached its phone; fails where a phone failed.</summary>
    public Task DeliveredAsync()
    {
        lock (gate)
        {
            return Task.WhenAll(lines.Values.Select(line => line.UnderWay).ToArray());
        }
    }

    private sealed record KeptPush(DeliveredPush Push, string? CollapseKey, DateTimeOffset ExpiresAt);

    private sealed class Line(Func<DeliveredPush, Task> deliver)
    {
        public bool Online { get; set; } = true;

        public DateTimeOffset? DeletedAt { get; set; }

        public List<KeptPush> Kept { get; } = [];

        public Task UnderWay { get; private set; } = Task.CompletedTask;

        /// <summary>One push after the other, off the sender's path: a provider answers before the phone has it.</summary>
        public void Send(DeliveredPush push)
        {
            var earlier = UnderWay;
            UnderWay = Task.Run(async () =>
            {
                await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await deliver(push);
            });
        }

        public void Keep(KeptPush push, int room)
        {
            if (push.CollapseKey is not null)
            {
                Kept.RemoveAll(kept => kept.CollapseKey == push.CollapseKey);
            }

            Kept.Add(push);
            if (Kept.Count > room)
            {
                Kept.RemoveAt(0);
            }
        }
    }
}
