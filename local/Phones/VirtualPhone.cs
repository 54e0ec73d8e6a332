using BlokSec.Local.Phones.Push;
using BlokSec.Local.Phones.Statements;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Phones;

/// <summary>
/// A phone with the BlokSec app, as far as the server and its user can tell: it holds real keys, makes the real calls and obeys the
/// protocol (docs/mobile-protocol.md), above all in what it does <em>not</em> do: nothing but a revocation statement about its own
/// registration makes it reset. One thing happens at a time on a phone; each change is saved before the next step.
/// </summary>
internal sealed partial class VirtualPhone : IDisposable
{
    private const int HistoryKept = 200;
    private const int NotificationsKept = 50;

    private readonly BlokSecApi api;
    private readonly IPushInbox inbox;
    private readonly PhoneOptions options;
    private readonly TimeProvider time;
    private readonly Action<PhoneState> save;
    private readonly StatementVerifier verifier;
    private readonly SemaphoreSlim turn = new(1, 1);
    private PhoneState state;

    public VirtualPhone(PhoneState state, HttpClient http, IPushInbox inbox, PhoneOptions options, TimeProvider time, Action<PhoneState> save)
    {
        this.state = state;
        this.inbox = inbox;
        this.options = options;
        this.time = time;
        this.save = save;
        api = new BlokSecApi(http, options, time);
        verifier = new StatementVerifier(api, options, time, state.StatementKeys);
        retry = time.CreateTimer(_ => _ = RetryAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The phone's id in the phone book.</summary>
    public string Id => State.Id;

    /// <summary>The phone at this moment.</summary>
    public PhoneState State => Volatile.Read(ref state);

    /// <summary>The same as a person sees it.</summary>
    public PhoneView View => PhoneView.Of(State, time.GetUtcNow());

    /// <summary>Switches the phone on: it becomes reachable for pushes, and does what it still owes.</summary>
    public void Connect()
    {
        Schedule();
        if (State.Installed)
        {
            Attach(State.PushAddress);
        }
    }

    private async Task InTurnAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await action();
        }
        finally
        {
            Schedule();
            turn.Release();
        }
    }

    private Task InTurnAsync(Action action, CancellationToken cancellationToken) => InTurnAsync(
        () =>
        {
            action();
            return Task.CompletedTask;
        },
        cancellationToken);

    private Task<ApiAnswer> CallAsync(
        HttpMethod method, string path, Signer signer, object? body, CancellationToken cancellationToken, string? traceParent = null) =>
        CorrectingAsync(method, path, signer, () => body, cancellationToken, traceParent);

    /// <summary>Calls the server. Told that the clock is wrong, the phone corrects itself and calls once more, with a body of that time.</summary>
    private async Task<ApiAnswer> CorrectingAsync(
        HttpMethod method, string path, Signer signer, Func<object?> body, CancellationToken cancellationToken, string? traceParent = null)
    {
        var answer = await SendAsync();
        if (answer.ServerTime is { } serverTime)
        {
            Change(
                "The server says that this phone's clock is wrong; the app corrects for it.",
                now => now with { ClockOffset = serverTime - (time.GetUtcNow() + now.ClockError) });
            answer = await SendAsync();
        }

        return answer;

        async Task<ApiAnswer> SendAsync() => State.Offline
            ? new ApiAnswer(null, null, "the phone is offline")
            : await api.SendAsync(method, path, signer, body(), State.ClockError + State.ClockOffset, cancellationToken, traceParent, FactsFor(path));
    }

    private void Change(Func<PhoneState, PhoneState> change)
    {
        var next = change(state);
        Volatile.Write(ref state, next);
        save(next);
    }

    /// <summary>Changes the phone and says in its history why.</summary>
    private void Change(string what, Func<PhoneState, PhoneState> change, PhoneEventKind kind = PhoneEventKind.Other) =>
        Change(now => change(now) with
        {
            History = [.. now.History.TakeLast(HistoryKept - 1), new PhoneEvent(time.GetUtcNow(), what, kind)],
        });

    private void Note(string what, PhoneEventKind kind = PhoneEventKind.Other) => Change(what, now => now, kind);

    private void NoteOnce(string what)
    {
        if (State.History is not [.., { What: var last }] || last != what)
        {
            Note(what);
        }
    }

    private void Say(string message, string what, PhoneEventKind kind = PhoneEventKind.Other) =>
        Change(what, now => now with { Message = message }, kind);

    private void Show(PushAlert alert, string shownBy, string? collapseId = null)
    {
        if (!State.AllowsNotifications)
        {
            Note($"A notification was not shown, because the user does not allow notifications: {alert.Title}");
            return;
        }

        if (collapseId is not null && State.Notifications.Any(notification => notification.CollapseId == collapseId))
        {
            Note($"A notification took the place of the same one: {alert.Title}");
            return;
        }

        var shown = new ShownNotification(time.GetUtcNow(), alert.Title, alert.Body, shownBy, collapseId);
        Change(
            $"Notification shown by the {shownBy}: {alert.Title} - {alert.Body}",
            now => now with { Notifications = [.. now.Notifications.TakeLast(NotificationsKept - 1), shown] },
            PhoneEventKind.NotificationShown);
    }
}
