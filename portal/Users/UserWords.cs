using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Users;

/// <summary>A user's state in plain words.</summary>
/// <param name="Text">What is shown.</param>
/// <param name="Tone">How it is coloured.</param>
/// <param name="Explanation">What it means.</param>
internal sealed record UserWords(string Text, string Tone, string Explanation)
{
    /// <param name="state">Whether the user has an identity.</param>
    /// <param name="devices">How many devices the user has.</param>
    /// <param name="epoch">Grows with each reset.</param>
    public static UserWords Of(DidState state, int devices, long epoch) => state switch
    {
        DidState.Active when devices > 0 => new("Active", "good", "The user can sign in with a registered device."),
        DidState.Active => new("No device", "warn", "The user has an identity but no device, and cannot sign in."),
        DidState.Resetting => new("Unregistering", "busy", "All devices are blocked; the identity is being reset."),
        _ when epoch > 1 => new("Unregistered", "warn", "The identity was reset. The user has to scan the claim QR code."),
        _ => new("Not enrolled", "warn", "The user has no identity yet and has to scan a claim QR code."),
    };

    public static UserWords Of(UserDetails user) => Of(user.DidState, user.Devices.Count, user.Epoch);

    public static UserWords Of(UserSummary user) => Of(user.DidState, user.DeviceCount, user.Epoch);

    /// <summary>Whether the user had an identity before: what follows is not the first enrollment.</summary>
    public static bool HadIdentity(UserDetails user) => user.Epoch > 1;

    public static string FullName(UserDetails user) => Outside.Plain($"{user.GivenName} {user.FamilyName}");

    public static string FullName(UserSummary user) => Outside.Plain($"{user.GivenName} {user.FamilyName}");

    /// <summary>The name inside a sentence.</summary>
    public static string Isolated(UserDetails user) => Outside.Isolate(FullName(user));
}
