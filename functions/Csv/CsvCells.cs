using System.Globalization;
using System.Text.Json;

namespace BlokSec.Functions.Csv;

/// <summary>Values as cells.</summary>
internal static class CsvCells
{
    public static string? Text(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <summary>As the API names it.</summary>
    public static string? Name<T>(T? value)
        where T : struct, Enum => value is { } known ? JsonNamingPolicy.CamelCase.ConvertName(known.ToString()) : null;
}
