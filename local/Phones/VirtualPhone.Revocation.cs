using BlokSec.Contracts;
using BlokSec.Local.Phones.Push;
using BlokSec.Local.Phones.Statements;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Phones;

/// <content>How the phone learns that it was removed, and how it resets.</content>
internal sealed partial class VirtualPhone
{
    private const string RevokePushType = "device-revoked";
    private const string KeyMissing = "the key that signed it is not known yet.";

    // A server's clock that is further away than this is a fault, not a clock
    private static readonly TimeSpan OffsetLimit = TimeSpan.FromDays(1);

    /// <summary>The user opens the app: it asks the server for its status.</summary>
    public Task OpenAppAsync(CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            if (!State.Installed)
            {
                Note("There is no app to open.");
                return;
            }

            Change("The app was opened.", now => now with { Message = null, LookedAt = time.GetUtcNow() });
            if (!State.ChecksIn)
            {
                Note("The app does not call the server.");
                return;
            }

            await CatchUpAsync(PhoneTexts.AccountGone, cancellationToken);
            if (State.Registration is { } registration)
            {
                await AskStatusAsync(registration, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>A push arrived at the phone.</summary>
    public Task ReceivePushAsync(PushMessage push, CancellationToken cancellationToken) =>
        InTurnAsync(() => TakePushAsync(push, cancellationToken), cancellationToken);

    private async Task AskStatusAsync(PhoneRegistration registration, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(HttpMethod.Get, StatusCall(registration), registration.Signer, null, cancellationToken);
        if (answer.IsSuccess && answer.Read<DeviceStatus>() is { } status && status.DeviceId == registration.DeviceId)
        {
            var offset = status.ServerTime - (time.GetUtcNow() + State.ClockError);
            Change("The server knows this phone.", now => now with
            {
                Message = status.SuspendedAt is null ? now.Message : PhoneTexts.Suspended,
                ClockOffset = offset.Duration() < OffsetLimit ? offset : TimeSpan.Zero,
                LastSyncAt = time.GetUtcNow(),
            });
            await TakeAccountsAsync(registration, status, cancellationToken);
            if (status.Push != PushStatus.Receiving || registration.RegisteredToken != State.PushAddress.Token)
            {
                await PutPushHandleAsync(cancellationToken);
            }

            await AskSignInsAsync(registration, cancellationToken);
        }
        else
        {
            await FaceRefusalAsync(answer, registration, cancellationToken);
        }
    }

    /// <summary>Any answer to a signed call that is not a success. Only a 410 with a genuine statement changes anything (I2).</summary>
    private async Task FaceRefusalAsync(ApiAnswer answer, PhoneRegistration registration, CancellationToken cancellationToken)
    {
        if (answer.Status != StatusCodes.Status410Gone)
        {
            var message = answer.IsOutage || answer.IsSuccess ? PhoneTexts.Unreachable
                : answer.ProblemCode == ProblemCodes.DeviceOnHold ? PhoneTexts.OnHold
                : PhoneTexts.NotAccepted;
            Say(message, $"Nothing was changed: {answer}.", PhoneEventKind.Kept);
        }
        else
        {
            await FaceRemovalAsync(answer.Statement, registration, cancellationToken);
        }
    }

    private async Task FaceRemovalAsync(string? statement, PhoneRegistration registration, CancellationToken cancellationToken)
    {
        var received = new KeptStatement(statement ?? string.Empty, time.GetUtcNow() + options.ErasureLimit);
        switch (await JudgeAsync(received, registration, cancellationToken))
        {
            case StatementVerdict.Genuine:
                await ResetAsync("The server answered that this device was removed", PhoneTexts.AccountGone, traceParent: null, cancellationToken);
                break;
            case StatementVerdict.Refused refused:
                Say(PhoneTexts.NotAccepted, $"Nothing was changed by a 410: {refused.Why}.", PhoneEventKind.Kept);
                break;
            default:
                Say(PhoneTexts.NotAccepted, $"The statement of a 410 waits: {KeyMissing}", PhoneEventKind.Kept);
                break;
        }
    }

    private async Task TakePushAsync(PushMessage push, CancellationToken cancellationToken)
    {
        if (!State.Installed || State.LosesPushes)
        {
            Note("A push got lost.", PhoneEventKind.PushLost);
            return;
        }

        if (push.SystemAlert is { } alert)
        {
            Show(alert, "system", push.CollapseId);
        }

        switch (push.Value("type"))
        {
            case RevokePushType:
                await TakeRevokePushAsync(push, cancellationToken);
                break;
            case SignInPushType:
                await TakeSignInPushAsync(push, cancellationToken);
                break;
            case var type:
                Note($"A push of type {type ?? "unknown"} arrived.", PhoneEventKind.PushReceived);
                break;
        }
    }

    private async Task TakeRevokePushAsync(PushMessage push, CancellationToken cancellationToken)
    {
        Note("A revoke push arrived.", PhoneEventKind.PushReceived);
        if (!push.RunsApp)
        {
            Note("A revoke push was ignored: it does not let the app run.", PhoneEventKind.Kept);
        }
        else if (State.Registration is not { } registration)
        {
            Note("A revoke push was ignored: nobody is registered here.", PhoneEventKind.Kept);
            await ConfirmErasuresAsync(cancellationToken);
        }
        else
        {
            await FaceRevokeAsync(push, registration, cancellationToken);
        }
    }

    private async Task FaceRevokeAsync(PushMessage push, PhoneRegistration registration, CancellationToken cancellationToken)
    {
        var received = new KeptStatement(
            push.Value("statement") ?? string.Empty,
            time.GetUtcNow() + options.ErasureLimit,
            Shows: push.SystemAlert is null,
            push.Value("traceparent"));
        switch (await JudgeAsync(received, registration, cancellationToken))
        {
            case StatementVerdict.Genuine:
                ShowRevoked(received);
                await ResetAsync("The push says that this device was removed", message: null, received.TraceParent, cancellationToken);
                break;
            case StatementVerdict.Refused refused:
                Note($"A revoke push was ignored: {refused.Why}.", PhoneEventKind.Kept);
                break;
            default:
                Note($"The statement of a revoke push waits: {KeyMissing}", PhoneEventKind.Kept);
                break;
        }
    }

    /// <summary>Forgets keys and registration. Only the dying key stays, until the server knows about the erasure.</summary>
    private async Task ResetAsync(string why, string? message, string? traceParent, CancellationToken cancellationToken)
    {
        Note(
            $"{why}; its statement was verified: signed by the server, about this very registration.",
            PhoneEventKind.StatementVerified);
        Change(
            "Keys and registration were erased: the app was reset to the welcome screen.",
            now => now with
            {
                Message = message,
                Registration = null,
                Pending = null,
                Statements = [],
                Accounts = null,
                SignIns = [],
                Dying = [.. now.Dying, new DyingDevice(now.Registration!.Signer, time.GetUtcNow() + options.ErasureLimit, traceParent)],
            },
            PhoneEventKind.Erased);
        await ConfirmErasuresAsync(cancellationToken);
    }

    /// <summary>What cannot be confirmed now is tried again by itself, at the next push, and when the app is opened.</summary>
    private async Task ConfirmErasuresAsync(CancellationToken cancellationToken)
    {
        foreach (var dying in State.Dying)
        {
            if (dying.Until < time.GetUtcNow())
            {
                Forget(dying, "The erasure could not be confirmed in time; the old key was forgotten.");
                continue;
            }

            var answer = await CallAsync(HttpMethod.Post, "mobile/device/erasure", dying.Signer, null, cancellationToken, dying.TraceParent);
            if (answer.IsSuccess || answer.Status == StatusCodes.Status409Conflict)
            {
                Forget(dying, $"The erasure was confirmed to the server, signed by the dying key: {answer}.", PhoneEventKind.ErasureConfirmed);
            }
            else
            {
                NoteOnce($"The erasure could not be reported yet: {answer}.");
            }
        }
    }

    private void Forget(DyingDevice dying, string what, PhoneEventKind kind = PhoneEventKind.Other) =>
        Change(what, now => now with { Dying = [.. now.Dying.Where(other => other != dying)] }, kind);
}
