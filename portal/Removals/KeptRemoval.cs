using System.Text.Json;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;

namespace BlokSec.Portal.Removals;

/// <summary>
/// What was typed in a removal's dialog when the session ended. It waits in the tab until the same administrator has signed in again, and is
/// taken once; only the plan and the phrase decide then, as before. Signing out, or signing in as another user, forgets it.
/// </summary>
/// <param name="Owner">Who typed it; see <see cref="Security.Administrator.Id"/>.</param>
/// <param name="UserId">The user.</param>
/// <param name="DeviceId">The device; null for all of them.</param>
/// <param name="PlanHash">The plan that was agreed to; null when there was none yet.</param>
/// <param name="Typed">The phrase as far as it was typed.</param>
/// <param name="Reason">The reason.</param>
public sealed record KeptRemoval(string Owner, string UserId, string? DeviceId, string? PlanHash, string Typed, string Reason)
{
    /// <summary>Since when the phone is lost, as typed.</summary>
    public string LostSince { get; init; } = "";

    /// <summary>Whether nothing is to wait.</summary>
    public bool Immediately { get; init; }

    private const string Place = "bloksec.removal";

    internal Task KeepAsync(BrowserPage page) => page.KeepAsync(Place, JsonSerializer.Serialize(this, PortalJson.Default.KeptRemoval));

    /// <summary>What this administrator typed for this user; null when nothing was. What another one typed is forgotten.</summary>
    internal static async Task<KeptRemoval?> TakeAsync(BrowserPage page, string owner, string userId) =>
        Read(await page.TakeAsync(Place)) is { } kept && kept.Owner == owner && kept.UserId == userId ? kept : null;

    /// <summary>Forgets what another user typed.</summary>
    internal static async Task ForgetOthersAsync(BrowserPage page, string owner)
    {
        if (Read(await page.TakeAsync(Place)) is { } kept && kept.Owner == owner)
        {
            await kept.KeepAsync(page);
        }
    }

    internal static Task ForgetAsync(BrowserPage page) => page.TakeAsync(Place);

    private static KeptRemoval? Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, PortalJson.Default.KeptRemoval);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
