using System.Collections.Concurrent;

namespace BlokSec.Local.Faults;

/// <summary>
/// All requests that reach the stand-ins of one local cloud, the faults that strike them, and a hook that tests use to stop the
/// world (or kill the function app) right before or right after a request takes effect.
/// </summary>
public sealed class Traffic
{
    private const int Kept = 50_000;

    private readonly ConcurrentQueue<SeenRequest> seen = new();
    private readonly Lock gate = new();
    private readonly List<ActiveRule> rules = [];
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> standIns = new(StringComparer.OrdinalIgnoreCase);
    private long count;
    private TaskCompletionSource changed = NewSignal();

    /// <summary>Awaited around every request: with <see cref="FaultStage.Before"/> before it acts, with <see cref="FaultStage.After"/> before its answer leaves.</summary>
    public Func<SeenRequest, FaultStage, Task>? Hook { get; set; }

    /// <summary>Gets every request when it was answered, or its connection broken.</summary>
    public Action<SeenRequest>? Watch { get; set; }

    /// <summary>The stand-ins that run, each with the operations that it tells apart.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> StandIns => standIns;

    /// <summary>The requests seen so far, oldest first, at most the newest 50,000.</summary>
    public IReadOnlyList<SeenRequest> Seen => [.. seen];

    /// <summary>The number of the newest request; remember it, then count what came after with <see cref="Since"/>.</summary>
    public long Mark => Interlocked.Read(ref count);

    /// <summary>The faults in force.</summary>
    public IReadOnlyList<FaultRule> Faults
    {
        get
        {
            lock (gate)
            {
                return [.. rules.Select(active => active.Rule)];
            }
        }
    }

    /// <summary>Requests seen after <paramref name="mark"/>.</summary>
    public IReadOnlyList<SeenRequest> Since(long mark) => [.. seen.Where(request => request.Number > mark)];

    /// <summary>Adds a fault; dispose the answer to take it away again.</summary>
    public IDisposable Add(FaultRule rule)
    {
        var active = new ActiveRule(this, rule);
        lock (gate)
        {
            rules.Add(active);
        }

        return active;
    }

    /// <summary>Takes every fault away.</summary>
    public void Clear()
    {
        lock (gate)
        {
            rules.Clear();
        }
    }

    /// <summary>Completes when the condition holds; looked at after every request that comes or is answered.</summary>
    public async Task WaitAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = Volatile.Read(ref changed).Task;
            if (condition())
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Gives the request the next number, and keeps it.</summary>
    internal SeenRequest Record(SeenRequest seenNow)
    {
        var request = seenNow with { Number = Interlocked.Increment(ref count) };
        seen.Enqueue(request);
        if (seen.Count > Kept)
        {
            seen.TryDequeue(out _);
        }

        Changed();
        return request;
    }

    internal void Know(string standIn, IReadOnlyList<string> operations) => standIns[standIn] = operations;

    internal void Answered(SeenRequest request)
    {
        Changed();
        Watch?.Invoke(request);
    }

    private void Changed() => Interlocked.Exchange(ref changed, NewSignal()).TrySetResult();

    /// <summary>The first rule that meets the request, used up by one; null when none does.</summary>
    internal FaultRule? Strike(SeenRequest request)
    {
        lock (gate)
        {
            var index = rules.FindIndex(active => Meets(active.Rule, request));
            if (index < 0)
            {
                return null;
            }

            var active = rules[index];
            if (active.Left is { } left && (active.Left = left - 1) == 0)
            {
                rules.RemoveAt(index);
            }

            return active.Rule;
        }
    }

    private static bool Meets(FaultRule rule, SeenRequest request) =>
        (rule.StandIn is null || rule.StandIn.Equals(request.StandIn, StringComparison.OrdinalIgnoreCase))
        && (rule.Operation is null || rule.Operation.Equals(request.Operation, StringComparison.OrdinalIgnoreCase))
        && (rule.Contains is null || request.Searchable.Contains(rule.Contains, StringComparison.Ordinal))
        && (rule.Caller is null || request.Caller.Contains(rule.Caller, StringComparison.Ordinal));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class ActiveRule(Traffic owner, FaultRule rule) : IDisposable
    {
        public FaultRule Rule { get; } = rule;

        public int? Left { get; set; } = rule.Times;

        public void Dispose()
        {
            lock (owner.gate)
            {
                owner.rules.Remove(this);
            }
        }
    }
}
