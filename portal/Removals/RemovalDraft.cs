using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Portal.Api;

namespace BlokSec.Portal.Removals;

/// <summary>
/// A removal on its way to being confirmed: the plan, what was typed, and the sending. The same confirmed action has the same
/// Idempotency-Key however often it is sent, so a double click or a lost answer does nothing twice.
/// </summary>
/// <param name="api">The API.</param>
/// <param name="time">The clock.</param>
/// <param name="user">The user as seen.</param>
/// <param name="deviceId">The device; null for all of them.</param>
internal sealed class RemovalDraft(AdminApi api, TimeProvider time, UserDetails user, string? deviceId)
{
    /// <summary>Characters of a reason.</summary>
    public const int MaxReasonLength = 500;

    private const string LocalTime = "yyyy-MM-dd'T'HH:mm";

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private readonly string userId = user.UserId;
    private readonly RemovalLook look = new(api, time, user, deviceId);
    private (string? Reason, DateTimeOffset? LostSince, bool Immediately, string Key)? sent;
    private KeptRemoval? waiting;
    private bool isLost;
    private DateTimeOffset? lostAt;

    /// <summary>Something moved.</summary>
    public event Action? Changed;

    /// <summary>What would be done; null until it is known.</summary>
    public RevocationPlanDetails? Plan { get; private set; }

    /// <summary>What is different from the plan shown before; empty unless that was stale.</summary>
    public IReadOnlyList<string> Changes { get; private set; } = [];

    public ApiProblem? Problem { get; private set; }

    /// <summary>What is known of it after a sending that brought no operation.</summary>
    public RemovalOutcome Outcome { get; private set; }

    /// <summary>When that was found out.</summary>
    public DateTimeOffset OutcomeAt { get; private set; }

    /// <summary>Whether it is being sent, or looked for.</summary>
    public bool IsSending { get; private set; }

    public string Typed { get; set; } = "";

    public string Reason { get; set; } = "";

    /// <summary>Since when the phone is lost, as the browser's field has it: a time on the administrator's own clock; empty when not known.</summary>
    public string LostSince { get; set; } = "";

    /// <summary>The phone is stolen or in other hands: nothing waits.</summary>
    public bool Immediately { get; set; }

    /// <summary>Until when the removal could be taken back; null when nothing waits.</summary>
    public DateTimeOffset? HeldUntil =>
        Plan is { HoldMinutes: > 0 and var minutes } && !Immediately && LostSince.Length == 0 ? time.GetUtcNow().AddMinutes(minutes) : null;

    /// <summary>What is wrong with it; null for nothing.</summary>
    public string? LostSinceFault => LostSince.Length == 0 ? null
        : LostAt is not { } lost ? "Give a day and a time."
        : lost > time.GetUtcNow() ? "This is in the future."
        : null;

    /// <summary>The latest time that may be given.</summary>
    public string Latest => TimeZoneInfo.ConvertTime(time.GetUtcNow(), time.LocalTimeZone).ToString(LocalTime, CultureInfo.InvariantCulture);

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
        if (Plan is { } plan && waiting is { } kept)
        {
            Typed = plan.PlanHash == kept.PlanHash ? kept.Typed : "";
            waiting = null;
        }

        Changed?.Invoke();
    }

    /// <summary>Goes on with what was typed before, once the plan is there; the phrase counts only for the plan that it was typed for.</summary>
    public void Resume(KeptRemoval kept) => (Reason, LostSince, Immediately, waiting) = (kept.Reason, kept.LostSince, kept.Immediately, kept);

    /// <summary>What to continue when the administrator has signed in again.</summary>
    /// <param name="owner">Who typed it.</param>
    public KeptRemoval Keep(string owner) => waiting is { } kept
        ? kept with { Owner = owner }
        : new(owner, userId, deviceId, Plan?.PlanHash, Typed, Reason) { LostSince = LostSince, Immediately = Immediately };

    /// <summary>Sends what was confirmed; null when it was not accepted, see <see cref="Outcome"/> and <see cref="Changes"/>.</summary>
    public async Task<OperationDetails?> SendAsync(CancellationToken cancellationToken)
    {
        if (IsSending || Plan is not { } plan || (Difference ?? LostSinceFault) is not null)
        {
            return null;
        }

        (IsSending, Problem, Changes, Outcome) = (true, null, [], RemovalOutcome.None);
        Changed?.Invoke();
        var result = await SendUntilAnsweredAsync(plan, cancellationToken);
        var operation = result.Value;
        if (result.Problem is { Code: ProblemCodes.PlanStale })
        {
            await PlanAgainAsync(plan, cancellationToken);
        }
        else if (result.Problem is { } problem)
        {
            Problem = problem;
            operation = await FindOutAsync(cancellationToken);
        }

        IsSending = false;
        Changed?.Invoke();
        return operation;
    }

    /// <summary>Looks once more whether it was done; the operation, if it was.</summary>
    public async Task<OperationDetails?> LookAsync(CancellationToken cancellationToken)
    {
        if (IsSending)
        {
            return null;
        }

        IsSending = true;
        var operation = await LookUntilKnownAsync(cancellationToken);
        IsSending = false;
        Changed?.Invoke();
        return operation;
    }

    /// <summary>After an answer that was lost only the user can tell; a refusal tells by itself, unless an answer before it was lost.</summary>
    private async Task<OperationDetails?> FindOutAsync(CancellationToken cancellationToken)
    {
        if (isLost)
        {
            return await LookUntilKnownAsync(cancellationToken);
        }

        (Outcome, OutcomeAt) = (RemovalOutcome.NothingDone, time.GetUtcNow());
        return null;
    }

    private async Task<OperationDetails?> LookUntilKnownAsync(CancellationToken cancellationToken)
    {
        Outcome = RemovalOutcome.Looking;
        Changed?.Invoke();
        var found = await look.LookAsync(lostAt, Pauses, cancellationToken);
        (Outcome, OutcomeAt) = (found.Outcome, time.GetUtcNow());
        Problem = found.Operation is not null || Outcome == RemovalOutcome.Done ? null : found.Problem ?? Problem;
        return found.Operation;
    }

    private async Task<ApiResult<OperationDetails>> SendUntilAnsweredAsync(RevocationPlanDetails plan, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = await SendOnceAsync(plan, cancellationToken);
            var mayArrive = result.Problem is { Kind: ProblemKind.Unreachable or ProblemKind.Unavailable };
            lostAt = mayArrive ? time.GetUtcNow() : lostAt;
            isLost |= mayArrive || result.Problem is { Kind: ProblemKind.Fault };
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
        var key = KeyFor(reason, LostAt, Immediately);
        return deviceId is null
            ? api.UnregisterAllDevicesAsync(
                userId,
                new UnregisterAllDevicesRequest { Confirmation = Typed, PlanHash = plan.PlanHash, Reason = reason },
                key,
                cancellationToken)
            : api.RemoveDeviceAsync(
                userId,
                deviceId,
                new RemoveDeviceRequest { Confirmation = Typed, PlanHash = plan.PlanHash, Reason = reason, LostSince = LostAt, Immediately = Immediately },
                key,
                cancellationToken);
    }

    /// <summary>
    /// A day that summer time begins may lack the time: the offset of the moment before is taken. Of a time that comes twice when it ends the
    /// first is meant, so that no sign-in is left out.
    /// </summary>
    private DateTimeOffset? LostAt =>
        DateTime.TryParseExact(LostSince.AsSpan(0, Math.Min(LostSince.Length, 16)), LocalTime, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
        && local.Year is > 1 and < 9999
            ? new DateTimeOffset(local, OffsetOf(local)).ToUniversalTime()
            : null;

    private TimeSpan OffsetOf(DateTime local) => time.LocalTimeZone.IsAmbiguousTime(local)
        ? time.LocalTimeZone.GetAmbiguousTimeOffsets(local).Max()
        : time.LocalTimeZone.GetUtcOffset(local);

    /// <summary>The reason, the time of the loss and the hurry are part of what a key stands for.</summary>
    private string KeyFor(string? reason, DateTimeOffset? lostSince, bool immediately)
    {
        if (sent is not { } before || before.Reason != reason || before.LostSince != lostSince || before.Immediately != immediately)
        {
            sent = (reason, lostSince, immediately, Guid.NewGuid().ToString());
        }

        return sent.Value.Key;
    }

    private async Task PlanAgainAsync(RevocationPlanDetails seen, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (Problem is null && Plan is { } now)
        {
            Changes = PlanChanges.Between(seen, now);
            Typed = "";
        }
    }
}
