using BlokSec.Local.Phones.Statements;

namespace BlokSec.Local.Phones;

/// <content>What a phone still owes: statements to judge and erasures to confirm. Both are tried again by themselves.</content>
internal sealed partial class VirtualPhone
{
    private const int StatementsKept = 8;

    private readonly CancellationTokenSource stopping = new();
    private readonly ITimer retry;
    private TimeSpan wait;
    private bool isScheduled;

    /// <summary>Does what was left over when the phone was offline or switched off, or the server away.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => InTurnAsync(() => CatchUpAsync(message: null, cancellationToken), cancellationToken);

    public void Dispose()
    {
        stopping.Cancel();
        retry.Dispose();
        turn.Dispose();
        stopping.Dispose();
    }

    private async Task RetryAsync()
    {
        try
        {
            await InTurnAsync(
                () =>
                {
                    isScheduled = false;
                    return CatchUpAsync(message: null, stopping.Token);
                },
                stopping.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The phone was switched off.
        }
    }

    private async Task CatchUpAsync(string? message, CancellationToken cancellationToken)
    {
        await ConfirmErasuresAsync(cancellationToken);
        foreach (var kept in State.Statements)
        {
            if (State.Registration is { } registration)
            {
                await JudgeAgainAsync(kept, registration, message, cancellationToken);
            }
        }
    }

    private async Task JudgeAgainAsync(KeptStatement kept, PhoneRegistration registration, string? message, CancellationToken cancellationToken)
    {
        var verdict = await JudgeAsync(kept, registration, cancellationToken);
        if (verdict is StatementVerdict.Genuine)
        {
            ShowRevoked(kept);
            await ResetAsync("A kept statement says that this device was removed", message, kept.TraceParent, cancellationToken);
        }
        else if (verdict is StatementVerdict.Refused refused)
        {
            Note($"A kept statement was dropped: {refused.Why}.", PhoneEventKind.Kept);
        }
    }

    /// <summary>Judges a statement, and keeps it as long as it cannot be judged.</summary>
    private async Task<StatementVerdict> JudgeAsync(KeptStatement statement, PhoneRegistration registration, CancellationToken cancellationToken)
    {
        var verdict = statement.Until < time.GetUtcNow()
            ? new StatementVerdict.Refused("the key that signed it did not become known in time")
            : await verifier.VerifyAsync(statement.Text, registration, !State.Offline, cancellationToken);
        if (!ReferenceEquals(State.StatementKeys, verifier.Keys))
        {
            Change(now => now with { StatementKeys = verifier.Keys });
        }

        var isKept = State.Statements.Any(kept => kept.Text == statement.Text);
        if (verdict is StatementVerdict.Undecided && !isKept)
        {
            Change(now => now with { Statements = [.. now.Statements.TakeLast(StatementsKept - 1), statement] });
        }
        else if (verdict is StatementVerdict.Refused && isKept)
        {
            Change(now => now with { Statements = [.. now.Statements.Where(kept => kept.Text != statement.Text)] });
        }

        return verdict;
    }

    private void ShowRevoked(KeptStatement statement)
    {
        if (statement.Shows)
        {
            Show(Push.PushMessage.Revoked, "app");
        }
    }

    /// <summary>Sees to it that what is owed is tried again, ever more seldom.</summary>
    private void Schedule()
    {
        if (State.Dying.Count == 0 && State.Statements.Count == 0)
        {
            wait = TimeSpan.Zero;
        }
        else if (!isScheduled && State is { Installed: true, Offline: false })
        {
            wait = wait == TimeSpan.Zero ? options.FirstRetry : wait * 2 < options.LongestRetry ? wait * 2 : options.LongestRetry;
            isScheduled = true;
            retry.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }
}
