namespace BlokSec.Functions.Revocations;

/// <summary>Telling removed devices that they were removed.</summary>
internal static class RevocationsFeature
{
    public static void AddRevocations(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RevocationRecords>();
        builder.Services.AddSingleton<RevocationFence>();
        builder.Services.AddSingleton<HeldRemovals>();
        builder.Services.AddSingleton<RevocationReceipts>();
        builder.Services.AddSingleton<RevocationRequests>();
    }
}
