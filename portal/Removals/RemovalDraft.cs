using BlokSec.Contracts;
using BlokSec.Portal.Api;

namespace BlokSec.Portal.Removals;

/// <summary>
/// A removal on its way to being confirmed: the plan, what was typed, and the sending. The same confirmed action has the same
/// Idempotency-Key however often it is sent, so a double click or a lost answer does nothing twice.
/// </summary>
/// <param name="api">The API.</param>
/// <param name="time">The clock.</param>
/// <param name="userId">The user.</param>
/// <param name="deviceId">The device; null for all of them.</param>
internal sealed class RemovalDraft(AdminApi api, TimeProvider time, string userId, string? deviceId)
{
    /// <summary>Characters of a reason.</summary>
    public const int MaxReasonLength = 500;

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private (string? Reason, string Key)? sent;

    /// <summary>Something moved.</summary>
    public event Action? Changed;

    /// <summary>What would be done; null until it is known.</summary>
    public RevocationPlanDetails? Plan { get; private set; }

    /// <summary>What is different from the plan shown before; empty unless that was stale.</summary>
    public IReadOnlyList<string> Changes { get; private set; } = [];

    public ApiProblem? Problem { get; private set; }

    public bool IsSending { get; private set; }

    public string Typed { get; set; } = "";

    public string Reason { get; set; } = "";

    /// <summary>The phrase to type.</summary>
    public string Phrase => deviceId is null ? ConfirmationPhrases.UnregisterAllDevices : ConfirmationPhrases.RemoveDevice;

    /// <summary>What differs in what was typed; null when it is the phrase.</summary>
    public string? Difference => ConfirmationPhrase.Difference(Typed, Phrase);

    /// <summary>Asks what would be done.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        Problem = null;
        var result = deviceId is null
            ? await api.PlanUnregistrationAsync(userId, cancellationToken)
            : await api.PlanDeviceRemovalAsync(userId, deviceId, cancellationToken);
        Problem = result.Problem;
        Plan = result.Value ?? Plan;
        Changed?.Invoke();
    }

    /// <summary>Goes on with what was typed before; the phrase counts only for the plan that it was typed for.</summary>
    public void Resume(KeptRemoval kept)
    {
        Reason = kept.Reason;
        Typed = Plan?.PlanHash == kept.PlanHash ? kept.Typed : "";
    }

    /// <summary>What to go on with when the administrator has signed in again.</summary>
    public KeptRemoval Keep() => new(userId, deviceId, Plan?.PlanHash, Typed, Reason);

    /// <summary>Sends what was confirmed; null when it was not accepted, see <see cref="Problem"/> and <see cref="Changes"/>.</summary>
    public async Task<OperationDetails?> SendAsync(CancellationToken cancellationToken)
    {
        if (IsSending || Plan is not { } plan || Difference is not null)
        {
            return null;
        }

        (IsSending, Problem, Changes) = (true, null, []);
        Changed?.Invoke();
        var result = await SendUntilAnsweredAsync(plan, cancellationToken);
        if (result.Problem is { Code: ProblemCodes.PlanStale })
        {
            await LookAgainAsync(plan, cancellationToken);
        }
        else
        {
            Problem = result.Problem;
        }

        IsSending = false;
        Changed?.Invoke();
        return result.Value;
    }

    private async Task<ApiResult<OperationDetails>> SendUntilAnsweredAsync(RevocationPlanDetails plan, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = await SendOnceAsync(plan, cancellationToken);
            if (result.Problem is not { IsPassing: true } || attempt == Pauses.Length)
            {
                return result;
            }

            await Task.Delay(Pauses[attempt], time, cancellationToken);
        }
    }

    private Task<ApiResult<OperationDetails>> SendOnceAsync(RevocationPlanDetails plan, CancellationToken cancellationToken)
    {
        var reason = Reason.Trim() is { Length: > 0 } text ? text : null;
        var key = KeyFor(reason);
        return deviceId is null
            ? api.UnregisterAllDevicesAsync(
                userId,
                new UnregisterAllDevicesRequest { Confirmation = Typed, PlanHash = plan.PlanHash, Reason = reason },
                key,
                cancellationToken)
            : api.RemoveDeviceAsync(
                userId,
                deviceId,
                new RemoveDeviceRequest { Confirmation = Typed, PlanHash = plan.PlanHash, Reason = reason },
                key,
                cancellationToken);
    }

    /// <summary>The reason is part of what a key stands for.</summary>
    private string KeyFor(string? reason)
    {
        if (sent is not { } before || before.Reason != reason)
        {
            sent = (reason, Guid.NewGuid().ToString());
        }

        return sent.Value.Key;
    }

    private async Task LookAgainAsync(RevocationPlanDetails seen, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (Problem is null && Plan is { } now)
        {
            Changes = PlanChanges.Between(seen, now);
            Typed = "";
        }
    }
}
