using BlokSec.Contracts;
using BlokSec.Local.Phones.Push;

namespace BlokSec.Local.Phones;

/// <summary>A phone as a person sees it, and what is worth knowing about its inside. Never a private key.</summary>
/// <param name="Id">Its id in the phone book.</param>
/// <param name="Name">Name given on the phone.</param>
/// <param name="Model">Such as "iPhone 16 Pro".</param>
/// <param name="Platform">Its system.</param>
/// <param name="OsVersion">Version of the system.</param>
/// <param name="AppVersion">Version of the BlokSec app.</param>
/// <param name="Screen">Which screen the app shows.</param>
/// <param name="ScreenText">What stands on it.</param>
/// <param name="Message">A brief message on top of it.</param>
/// <param name="Online">Whether the phone has a connection.</param>
/// <param name="LosesPushes">Whether pushes get lost on their way.</param>
/// <param name="AllowsNotifications">Whether the user allows notifications.</param>
/// <param name="ChecksIn">Whether the app calls the server when it runs.</param>
/// <param name="ClockSeconds">How many seconds its own clock is ahead; negative when it is behind.</param>
/// <param name="Holder">In whose hands it is, registered or not.</param>
/// <param name="Registration">Who it is registered to; null on the welcome screen.</param>
/// <param name="LastSyncAt">When the server last said that it knows this registration.</param>
/// <param name="Push">Where pushes reach it. No secret here: no real phone listens there.</param>
/// <param name="BackupOf">Whose backup the user keeps, as <c>tenant/user</c>.</param>
/// <param name="BackupAt">When that was made.</param>
/// <param name="ErasuresToReport">How many erasures the server does not know about yet.</param>
/// <param name="Notification">The notification that is on the screen now.</param>
/// <param name="Notifications">Notifications shown, oldest first.</param>
/// <param name="SignIns">The sign-in requests on the screen, the newest first.</param>
/// <param name="History">What happened, oldest first.</param>
internal sealed record PhoneView(
    string Id,
    string Name,
    string Model,
    DevicePlatform Platform,
    string OsVersion,
    string AppVersion,
    PhoneScreen Screen,
    string ScreenText,
    string? Message,
    bool Online,
    bool LosesPushes,
    bool AllowsNotifications,
    bool ChecksIn,
    int ClockSeconds,
    PhoneHolder? Holder,
    RegistrationView? Registration,
    DateTimeOffset? LastSyncAt,
    PushAddress Push,
    string? BackupOf,
    DateTimeOffset? BackupAt,
    int ErasuresToReport,
    ShownNotification? Notification,
    IReadOnlyList<ShownNotification> Notifications,
    IReadOnlyList<SignInView> SignIns,
    IReadOnlyList<PhoneEvent> History)
{
    /// <summary>The accounts that the app shows, at most 200; null while it knows none.</summary>
    public IReadOnlyList<OwnAccount>? Accounts { get; init; }

    /// <summary>Shows a phone.</summary>
    /// <param name="state">The phone.</param>
    /// <param name="now">The time: requests that expired are gone from its screen.</param>
    public static PhoneView Of(PhoneState state, DateTimeOffset now)
    {
        var facts = state.Facts;
        var (screen, text) = state switch
        {
            { Installed: false } => (PhoneScreen.NotInstalled, PhoneTexts.NotInstalled),
            { Registration: { } registration } => (PhoneScreen.Home, PhoneTexts.Ready(registration)),
            _ => (PhoneScreen.Welcome, PhoneTexts.Welcome),
        };
        return new PhoneView(
            state.Id,
            facts.Name,
            facts.Model,
            facts.Platform,
            facts.OsVersion,
            facts.AppVersion,
            screen,
            text,
            state.Message,
            !state.Offline,
            state.LosesPushes,
            state.AllowsNotifications,
            state.ChecksIn,
            (int)state.ClockError.TotalSeconds,
            state.Holder,
            state.Registration is { } owner ? RegistrationView.Of(owner) : null,
            state.Registration is null ? null : state.LastSyncAt,
            state.PushAddress,
            state.Backup is { } backup ? $"{backup.TenantId}/{backup.UserId}" : null,
            state.Backup?.CreatedAt,
            state.Dying.Count,
            state.Notifications is [.., var last] && (state.LookedAt is null || last.At > state.LookedAt) ? last : null,
            state.Notifications,
            [.. state.SignIns.Where(request => request.ExpiresAt > now).Select(SignInView.Of)],
            state.History)
        {
            Accounts = state.Registration is { } registered && state.Accounts is { } known && known.DeviceId == registered.DeviceId ? known.Accounts : null,
        };
    }
}

/// <summary>The screens that matter here.</summary>
internal enum PhoneScreen
{
    /// <summary>There is no app.</summary>
    NotInstalled,

    /// <summary>Nobody is registered: the welcome and onboarding flow.</summary>
    Welcome,

    /// <summary>The app of an enrolled user.</summary>
    Home,
}

/// <summary>The public part of a registration.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The user.</param>
/// <param name="DeviceId">The device's id.</param>
/// <param name="Did">The user's DID.</param>
/// <param name="Epoch">The registration epoch.</param>
/// <param name="RegisteredAt">When the server enrolled it.</param>
internal sealed record RegistrationView(string TenantId, string UserId, string DeviceId, string Did, long Epoch, DateTimeOffset RegisteredAt)
{
    /// <summary>Shows a registration.</summary>
    public static RegistrationView Of(PhoneRegistration registration) => new(
        registration.TenantId, registration.UserId, registration.DeviceId, registration.Did, registration.Epoch, registration.RegisteredAt);
}

/// <summary>A sign-in request on the screen: all that its user has to know, and nothing that an answer needs beside the number.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="ApplicationName">The application that asks.</param>
/// <param name="AccountName">The account that signs in.</param>
/// <param name="BindingMessage">What the application wants the user to read.</param>
/// <param name="City">Where the sign-in comes from, as the application says.</param>
/// <param name="Country">Where the sign-in comes from, as the application says.</param>
/// <param name="IpAddress">Where the sign-in comes from, as the application says.</param>
/// <param name="UserAgent">The browser, as the application says.</param>
/// <param name="Digits">How many digits the number has that the application shows.</param>
/// <param name="ExpiresAt">When it is too late.</param>
internal sealed record SignInView(
    string RequestId,
    string ApplicationName,
    string AccountName,
    string? BindingMessage,
    string? City,
    string? Country,
    string? IpAddress,
    string? UserAgent,
    int Digits,
    DateTimeOffset ExpiresAt)
{
    /// <summary>Shows a request.</summary>
    public static SignInView Of(WaitingRequest request) => new(
        request.RequestId,
        request.ApplicationName,
        request.AccountName,
        request.BindingMessage,
        request.City,
        request.Country,
        request.IpAddress,
        request.UserAgent,
        request.Digits,
        request.ExpiresAt);
}
