namespace BlokSec.Local.DemoApp;

/// <summary>What a person would call the browser that signs in.</summary>
internal static class BrowserName
{
    // The first that is found names it: Edge calls itself Chrome too, and Chrome calls itself Safari.
    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];

    private static readonly (string Mark, string Name)[] Systems =
        [("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"), ("Linux", "Linux")];

    /// <summary>Reads a <c>User-Agent</c>; null when it names no browser that is known here.</summary>
    public static string? Of(string userAgent) => (Find(Browsers, userAgent), Find(Systems, userAgent)) switch
    {
        ({ } browser, { } system) => $"{browser} on {system}",
        ({ } browser, null) => browser,
        _ => null,
    };

    private static string? Find((string Mark, string Name)[] known, string userAgent) =>
        Array.Find(known, each => userAgent.Contains(each.Mark, StringComparison.Ordinal)).Name;
}
