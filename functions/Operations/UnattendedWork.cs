using System.Collections.Concurrent;
using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Operations;

/// <summary>
/// Queues the work of operations that nobody works on, whenever somebody looks at them: so a decision whose message was lost does not wait for the
/// timer, which may sleep. However many look, at most one message leaves an instance in each interval, and the bus drops those of
/// the other instances. Intervals double, so that a long queue is not made longer.
/// </summary>
internal sealed class UnattendedWork(OperationDispatch dispatch, IOptions<ResumeOptions> options, TimeProvider time)
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(10);

    /// <summary>How long whoever looks waits for a bus that does not answer.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>A running operation is taken for unattended after so many times the patience for one that was not begun.</summary>
    private const int RunningFactor = 30;

    /// <summary>Operations that an instance remembers to have queued.</summary>
    private const int Remembered = 1000;

    private readonly ConcurrentDictionary<string, bool> queued = new();

    /// <summary>Queues the work of those that are unattended. Costs nothing when there is none.</summary>
    public Task EnsureAsync(params IEnumerable<OperationDocument> operations) => Task.WhenAll(operations.Select(EnsureOneAsync));

    /// <summary>
    /// Queues the work of an operation that was asked for once more: whoever asks may not have seen the first answer. While it is not
    /// overdue, the message is the first one, which the bus drops if it was sent.
    /// </summary>
    public Task AgainAsync(OperationDocument operation) =>
        operation.Status == OperationStatus.NotStarted && Mark(operation, time.GetUtcNow()) is null
            ? dispatch.TryAsync(operation, resumed: null)
            : EnsureOneAsync(operation);

    private async Task EnsureOneAsync(OperationDocument operation)
    {
        if (Mark(operation, time.GetUtcNow()) is not { } mark)
        {
            return;
        }

        if (queued.Count >= Remembered)
        {
            queued.Clear();
        }

        if (queued.TryAdd($"{operation.OperationId}:{mark}", true))
        {
            await Task.WhenAny(QueueAsync(operation, mark), Task.Delay(LongestWait));
        }
    }

    /// <summary>What the bus did not take is queued by the next look, not only in the next interval.</summary>
    private async Task QueueAsync(OperationDocument operation, string mark)
    {
        if (!await dispatch.TryAsync(operation, mark))
        {
            queued.TryRemove($"{operation.OperationId}:{mark}", out _);
        }
    }

    /// <summary>Marks the message of this interval, the same in all instances; null when the operation is not unattended.</summary>
    private string? Mark(OperationDocument operation, DateTimeOffset now)
    {
        double? patience = operation.Status switch
        {
            OperationStatus.NotStarted => options.Value.LookedAtSeconds,
            OperationStatus.Running => options.Value.LookedAtSeconds * RunningFactor,
            _ => null,
        };
        return patience is { } seconds && now - operation.UpdatedAt.AddSeconds(seconds) is { Ticks: >= 0 } overdue
            ? string.Create(CultureInfo.InvariantCulture, $"{OperationDispatch.MarkOf(operation.UpdatedAt)}.{(int)Math.Log2(1 + (overdue / FirstInterval))}")
            : null;
    }
}
