namespace BlokSec.Functions.Http;

/// <summary>What makes a call.</summary>
internal static class ClientAgent
{
    /// <summary>More than browsers say of themselves.</summary>
    private const int MaxLength = 300;

    /// <summary>The browser or program, in its own words, as far as they may be shown; null when it says nothing.</summary>
    public static string? Of(HttpContext context) => DisplayTexts.Clean(context.Request.Headers.UserAgent, MaxLength);
}
