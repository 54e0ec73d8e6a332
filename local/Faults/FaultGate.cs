using System.Collections.Concurrent;

namespace BlokSec.Local.Faults;

/// <summary>What became of an operation at a <see cref="FaultGate"/>.</summary>
/// <param name="Dropped">The connection is to be broken instead of an answer.</param>
/// <param name="Refusal">The rule whose status is to be answered instead; null when the operation's own answer goes out.</param>
internal readonly record struct Passage(bool Dropped, FaultRule? Refusal);

/// <summary>
/// Lets every operation of a stand-in that does not speak HTTP be seen, delayed, refused, lost or watched, as
/// <see cref="FaultMiddleware"/> does with requests.
/// </summary>
internal sealed class FaultGate
{
    private readonly Traffic traffic;
    private readonly ConcurrentDictionary<string, bool> silent = new();

    public FaultGate(Traffic traffic, string standIn, IReadOnlyList<string> operations)
    {
        this.traffic = traffic;
        traffic.Know(standIn, operations);
    }

    /// <summary>Records the operation and runs it. Without faults and hooks it runs to its own first wait on the caller's thread.</summary>
    /// <param name="seen">The operation.</param>
    /// <param name="act">Does it, told the rule that met it; answers the status to be recorded.</param>
    /// <param name="gone">The connection is gone.</param>
    public async Task<Passage> PassAsync(SeenRequest seen, Func<FaultRule?, Task<int>> act, CancellationToken gone)
    {
        var request = traffic.Record(seen);
        var rule = traffic.Strike(request);
        try
        {
            return await HandleAsync(request, rule, act, gone);
        }
        finally
        {
            traffic.Answered(request);
        }
    }

    private async Task<Passage> HandleAsync(SeenRequest request, FaultRule? rule, Func<FaultRule?, Task<int>> act, CancellationToken gone)
    {
        if (rule is { Silence: true })
        {
            silent[request.Connection] = true;
        }

        if (silent.ContainsKey(request.Connection))
        {
            await Task.Delay(Timeout.Infinite, gone);
        }

        if (rule?.DelayMilliseconds is { } delay)
        {
            await Task.Delay(delay, gone);
        }

        await HookAsync(request, FaultStage.Before);
        if (rule?.Stage == FaultStage.Before && Struck(request, rule) is { } refused)
        {
            return refused;
        }

        var status = await act(rule);
        await HookAsync(request, FaultStage.After);
        if (rule?.Stage == FaultStage.After && Struck(request, rule) is { } lost)
        {
            return lost;
        }

        request.Status = status;
        return default;
    }

    private Task HookAsync(SeenRequest request, FaultStage stage) => traffic.Hook?.Invoke(request, stage) ?? Task.CompletedTask;

    private static Passage? Struck(SeenRequest request, FaultRule rule)
    {
        if (rule.Drop)
        {
            return new Passage(Dropped: true, Refusal: null);
        }

        if (rule.Status is not { } status)
        {
            return null;
        }

        request.Status = status;
        return new Passage(Dropped: false, rule);
    }
}
