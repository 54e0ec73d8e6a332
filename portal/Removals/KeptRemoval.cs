using System.Text.Json;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;

namespace BlokSec.Portal.Removals;

/// <summary>
/// What was typed in a removal's dialog when the session ended. It waits in the tab until the administrator has signed in again, and is
/// taken once; only the plan and the phrase decide then, as before.
/// </summary>
/// <param name="UserId">The user.</param>
/// <param name="DeviceId">The device; null for all of them.</param>
/// <param name="PlanHash">The plan that was agreed to; null when there was none yet.</param>
/// <param name="Typed">The phrase as far as it was typed.</param>
/// <param name="Reason">The reason.</param>
public sealed record KeptRemoval(string UserId, string? DeviceId, string? PlanHash, string Typed, string Reason)
{
    private const string Place = "bloksec.removal";

    internal Task KeepAsync(BrowserPage page) => page.KeepAsync(Place, JsonSerializer.Serialize(this, PortalJson.Default.KeptRemoval));

    /// <summary>What was typed for this user; null when nothing was.</summary>
    internal static async Task<KeptRemoval?> TakeAsync(BrowserPage page, string userId)
    {
        if (await page.TakeAsync(Place) is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, PortalJson.Default.KeptRemoval) is { } kept && kept.UserId == userId ? kept : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
