namespace BlokSec.Functions.Owners;

/// <summary>The registry of keys: what must be unique beyond one user.</summary>
internal static class OwnersFeature
{
    public static void AddOwners(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<KeyOwners>();
    }
}
