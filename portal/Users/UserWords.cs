using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Users;

/// <summary>A user's state in plain words.</summary>
/// <param name="Text">What is shown.</param>
/// <param name="Tone">How it is coloured.</param>
/// <param name="Explanation">What it means.</param>
internal sealed record UserWords(string Text, string Tone, string Explanation)
{
    /// <param name="state">Where the person stands.</param>
    /// <param name="devices">How many devices the user has.</param>
    public static UserWords Of(UserState state, int devices) => state switch
    {
        UserState.Active when devices > 0 => new("Active", "good", "The user can sign in with a registered device."),
        UserState.Active => new("No device", "warn", "The user has an identity but no device, and cannot sign in."),
        UserState.Resetting => new("Unregistering", "busy", "All devices are blocked; the identity is being reset."),
        UserState.Unregistered => new("Unregistered", "warn", "The identity was reset. The user has to scan the claim QR code."),
        UserState.Suspended => new("Suspended", "danger", "Sign-ins and enrollments are refused. Phones and accounts stay; nothing is reset."),
        UserState.Left => new("Left", "danger", "The directory removed the user. Sign-ins and enrollments are refused."),
        _ => new("Invited", "warn", "The user has no identity yet and has to scan a claim QR code."),
    };

    public static UserWords Of(UserDetails user) => Of(user.State, user.Devices.Count);

    public static UserWords Of(UserSummary user) => Of(user.State, user.DeviceCount);

    /// <summary>Whether the user had an identity before: what follows is not the first enrollment.</summary>
    public static bool HadIdentity(UserDetails user) => user.Epoch > 1;

    public static string FullName(UserDetails user) => Outside.Plain($"{user.GivenName} {user.FamilyName}");

    public static string FullName(UserSummary user) => Outside.Plain($"{user.GivenName} {user.FamilyName}");

    /// <summary>The name inside a sentence.</summary>
    public static string Isolated(UserDetails user) => Outside.Isolate(FullName(user));
}
