namespace BlokSec.Portal.Api;

/// <summary>The query of an address.</summary>
internal static class QueryString
{
    /// <summary>What has a value, as <c>name=value&amp;...</c>.</summary>
    public static string Of(IEnumerable<(string Name, string? Value)> parts) => string.Join(
        '&', parts.Where(part => !string.IsNullOrEmpty(part.Value)).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));

    /// <summary>A page of the console with a query, if there is any.</summary>
    public static string Address(string page, IEnumerable<(string Name, string? Value)> parts) =>
        Of(parts) is { Length: > 0 } query ? $"{page}?{query}" : page;
}
