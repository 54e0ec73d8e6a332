using System.Text.Json.Nodes;
using BlokSec.Local.Phones.Push;

namespace BlokSec.Local.Phones;

/// <content>The app install: connection, push token, permission to notify.</content>
internal sealed partial class VirtualPhone
{
    private const string StatusPath = "mobile/device/status";
    private const string PushHandlePath = "mobile/device/push-handle";

    /// <summary>Takes the connection away, or gives it back: then the phone reports erasures that it still owes.</summary>
    public async Task SetOfflineAsync(bool offline, CancellationToken cancellationToken)
    {
        await InTurnAsync(
            () => Change(offline ? "The phone went offline." : "The phone is online again.", now => now with { Offline = offline }),
            cancellationToken);
        if (State.Installed)
        {
            inbox.SetOnline(State.PushAddress, !offline);
        }

        if (!offline)
        {
            await ResumeAsync(cancellationToken);
        }
    }

    /// <summary>Sets the phone's own clock; the app notices when the server tells it.</summary>
    /// <param name="error">How far the clock is ahead of the true time; negative when it is behind.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task SetClockAsync(TimeSpan error, CancellationToken cancellationToken) => InTurnAsync(
        () => Change(
            error == TimeSpan.Zero ? "The clock is right again." : $"The clock was set {error.Duration():g} {(error < TimeSpan.Zero ? "behind" : "ahead")}.",
            now => now with { ClockError = error }),
        cancellationToken);

    /// <summary>Lets pushes get lost on their way, or not.</summary>
    public Task SetLosePushesAsync(bool lose, CancellationToken cancellationToken) => InTurnAsync(
        () => Change(lose ? "From now on pushes get lost." : "Pushes arrive again.", now => now with { LosesPushes = lose }),
        cancellationToken);

    /// <summary>The user allows notifications or forbids them, which the app tells the server.</summary>
    public Task SetAllowNotificationsAsync(bool allow, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            Change($"The user {(allow ? "allows" : "forbids")} notifications.", now => now with { AllowsNotifications = allow });
            if (State is { Installed: true, ChecksIn: true, Registration: { } registration })
            {
                await AskStatusAsync(registration, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>From now on the app calls the server or, as one that the system keeps from running, does not.</summary>
    public Task SetChecksInAsync(bool checksIn, CancellationToken cancellationToken) => InTurnAsync(
        () => Change(checksIn ? "The app calls the server again." : "From now on the app does not call the server.", now => now with { ChecksIn = checksIn }),
        cancellationToken);

    /// <summary>The app takes its push handle back.</summary>
    public Task TakePushHandleBackAsync(CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            if (State.Registration is not { } registration)
            {
                Note("There is no push handle to take back.");
                return;
            }

            var answer = await CallAsync(HttpMethod.Delete, PushHandlePath, registration.Signer, null, cancellationToken);
            if (answer.IsSuccess)
            {
                Change("The push handle was taken back.", now => now with { Registration = registration with { RegisteredToken = null } });
            }
            else
            {
                await FaceRefusalAsync(answer, registration, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>Registers the push handle with the server.</summary>
    public Task RegisterPushAsync(CancellationToken cancellationToken) =>
        InTurnAsync(() => PutPushHandleAsync(cancellationToken), cancellationToken);

    /// <summary>Apple or Google gives the install another token; the old one is dead.</summary>
    public async Task RotatePushTokenAsync(CancellationToken cancellationToken)
    {
        PushAddress? old = null;
        await InTurnAsync(
            () =>
            {
                if (State.Installed)
                {
                    old = State.PushAddress;
                    Change("The push token changed.", now => now with { PushAddress = PushAddress.Create(old.Kind, old.Environment) });
                }
            },
            cancellationToken);
        if (old is not null)
        {
            Attach(State.PushAddress);
            inbox.Unregister(old, time.GetUtcNow());
            await RegisterPushAsync(cancellationToken);
        }
    }

    /// <summary>The user deletes the app: keys and registration are gone without a word to the server, and the token is dead.</summary>
    public async Task DeleteAppAsync(CancellationToken cancellationToken)
    {
        var deleted = false;
        await InTurnAsync(
            () =>
            {
                deleted = State.Installed;
                Change("The app was deleted.", now => now with
                {
                    Installed = false,
                    Registration = null,
                    Pending = null,
                    Dying = [],
                    Statements = [],
                    SignIns = [],
                    Accounts = null,
                    Message = null,
                    LookedAt = time.GetUtcNow(),
                    ClockOffset = TimeSpan.Zero,
                });
            },
            cancellationToken);
        if (deleted)
        {
            inbox.Unregister(State.PushAddress, time.GetUtcNow());
        }
    }

    /// <summary>The user installs the app again: welcome screen, new push token.</summary>
    public async Task ReinstallAsync(CancellationToken cancellationToken)
    {
        var installed = false;
        await InTurnAsync(
            () =>
            {
                if (!State.Installed)
                {
                    installed = true;
                    Change("The app was installed.", now => now with
                    {
                        Installed = true,
                        PushAddress = PushAddress.Create(now.PushAddress.Kind, now.PushAddress.Environment),
                    });
                }
            },
            cancellationToken);
        if (installed)
        {
            Attach(State.PushAddress);
        }
    }

    private void Attach(PushAddress address)
    {
        inbox.Register(address, State.Facts.Platform, push => DeliverAsync(address, push));
        inbox.SetOnline(address, !State.Offline);
    }

    /// <summary>A token that was replaced while a push was on its way leads nowhere.</summary>
    private Task DeliverAsync(PushAddress address, PushMessage push) =>
        InTurnAsync(() => State.PushAddress == address ? TakePushAsync(push, CancellationToken.None) : Task.CompletedTask, CancellationToken.None);

    /// <summary>What the app tells of the phone with a call; null when it is none of those.</summary>
    private JsonObject? FactsFor(string path) => path.Split('?')[0] is not (StatusPath or PushHandlePath)
        ? null
        : new JsonObject
        {
            ["name"] = State.Facts.Name,
            ["os"] = State.Facts.OsVersion,
            ["app"] = State.Facts.AppVersion,
            ["notifications"] = State.AllowsNotifications,
            ["clock"] = (int)Math.Round(-State.ClockOffset.TotalSeconds),
        };

    private async Task PutPushHandleAsync(CancellationToken cancellationToken)
    {
        if (State.Registration is not { } registration || !State.AllowsNotifications)
        {
            return;
        }

        var handle = State.PushAddress.ToHandle();
        var answer = await CallAsync(HttpMethod.Put, PushHandlePath, registration.Signer, handle, cancellationToken);
        if (answer.IsSuccess)
        {
            Change("The push token was registered.", now => now with
            {
                Registration = registration with { RegisteredToken = handle.Value },
                LastSyncAt = time.GetUtcNow(),
            });
        }
        else
        {
            await FaceRefusalAsync(answer, registration, cancellationToken);
        }
    }
}
