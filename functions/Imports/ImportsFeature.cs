namespace BlokSec.Functions.Imports;

/// <summary>Many people at once, from a file.</summary>
internal static class ImportsFeature
{
    public static void AddImports(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<ImportStore>();
}
