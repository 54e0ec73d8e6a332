using BlokSec.Contracts;

namespace BlokSec.Portal.Applications;

/// <summary>Applications in plain words.</summary>
internal static class ApplicationWords
{
    public static string State(ApplicationState state) => state == ApplicationState.Enabled ? "Enabled" : "Disabled";

    public static string Tone(ApplicationState state) => state == ApplicationState.Enabled ? "good" : "danger";

    /// <summary>Whether a search finds it.</summary>
    public static bool Matches(ApplicationDetails application, string search) => search.Trim() is not { Length: > 0 } part
        || new[] { application.Name, application.ClientId, application.ApplicationId }.Any(text => text.Contains(part, StringComparison.OrdinalIgnoreCase));
}
