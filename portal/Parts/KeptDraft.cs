using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Security;

namespace BlokSec.Portal.Parts;

/// <summary>
/// What was typed in a dialog when the session ended. It waits in the tab until the same administrator has signed in again, and is taken once.
/// Signing out, or signing in as another user, forgets it.
/// </summary>
/// <param name="Owner">Who typed it; see <see cref="Administrator.Id"/>.</param>
/// <param name="Dialog">In which dialog.</param>
/// <param name="About">The user or the application that the dialog is about; empty for none.</param>
/// <param name="Content">What was typed, in the dialog's own form.</param>
public sealed record KeptDraft(string Owner, string Dialog, string About, JsonElement Content)
{
    private const string Place = "bloksec.draft";

    internal static KeptDraft Of<T>(string owner, string dialog, string about, T content, JsonTypeInfo<T> type) =>
        new(owner, dialog, about, JsonSerializer.SerializeToElement(content, type));

    /// <summary>What was typed, if it was in this dialog; null when not, or when it cannot be read.</summary>
    internal T? In<T>(string dialog, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return Dialog == dialog ? Content.Deserialize(type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps what was typed if the answer is that the session ended: signing in again leaves the page.</summary>
    internal static Task KeepAsync<T>(
        BrowserPage page, ApiProblem? problem, Administrator administrator, string dialog, string about, T content, JsonTypeInfo<T> type) =>
        problem is { Kind: ProblemKind.SessionExpired } ? Of(administrator.Id, dialog, about, content, type).KeepAsync(page) : Task.CompletedTask;

    internal Task KeepAsync(BrowserPage page) => page.KeepAsync(Place, JsonSerializer.Serialize(this, PortalJson.Default.KeptDraft));

    /// <summary>What this administrator typed about this user or application; null when nothing was.</summary>
    internal static async Task<KeptDraft?> TakeAsync(BrowserPage page, string owner, string about) =>
        Read(await page.TakeAsync(Place)) is { } kept && kept.Owner == owner && kept.About == about ? kept : null;

    /// <summary>Forgets what another administrator typed.</summary>
    internal static async Task ForgetOthersAsync(BrowserPage page, string owner)
    {
        if (Read(await page.TakeAsync(Place)) is { } kept && kept.Owner == owner)
        {
            await kept.KeepAsync(page);
        }
    }

    internal static Task ForgetAsync(BrowserPage page) => page.TakeAsync(Place);

    private static KeptDraft? Read(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize(text, PortalJson.Default.KeptDraft) is { Owner: not null } kept ? kept : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
