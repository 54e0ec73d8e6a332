using System.Text.Json;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Security;

/// <summary>
/// What a phone tells of itself with a call: the claim <c>facts</c> of its proof, signed by the device's key. What cannot be taken is left
/// out and never refuses the call: a phone with an odd name, or of a later version, must still learn that it was removed.
/// </summary>
/// <param name="Name">Its name; null when not told.</param>
/// <param name="OsVersion">Version of its system; null when not told.</param>
/// <param name="AppVersion">Version of the app; null when not told.</param>
/// <param name="NotificationsAllowed">Whether its system shows what the app notifies of; null when not told.</param>
/// <param name="ClockOffset">Seconds that its clock is ahead of ours, by its own reckoning; null when not told.</param>
internal sealed record DeviceFacts(string? Name, string? OsVersion, string? AppVersion, bool? NotificationsAllowed, int? ClockOffset)
{
    private const int LongestName = 100;
    private const int LongestVersion = 50;

    /// <summary>Reads the claim; null when there is none.</summary>
    public static DeviceFacts? Read(JsonElement? claim) => claim is { ValueKind: JsonValueKind.Object } facts
        ? new DeviceFacts(
            Text(facts, "name", LongestName),
            Text(facts, "os", LongestVersion),
            Text(facts, "app", LongestVersion),
            facts.TryGetProperty("notifications", out var allowed) && allowed.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? allowed.GetBoolean()
                : null,
            facts.TryGetProperty("clock", out var clock) && clock.ValueKind == JsonValueKind.Number && clock.TryGetInt32(out var seconds)
                ? seconds
                : null)
        : null;

    private static string? Text(JsonElement facts, string name, int maxCharacters) =>
        facts.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? DisplayTexts.Clean(value.GetString(), maxCharacters)
            : null;
}
