namespace BlokSec.Functions.Bulk;

/// <summary>Unregister, remove devices, suspend: many users at once.</summary>
internal static class BulkFeature
{
    public static void AddBulk(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<BulkOptions, BulkOptions.Validator>(BulkOptions.Section);
        builder.Services.AddSingleton<BulkStore>();
        builder.Services.AddSingleton<BulkPlanning>();
        builder.Services.AddSingleton<BulkActions>();
        builder.Services.AddSingleton<BulkDispatch>();
        builder.Services.AddSingleton<BulkCommands>();
    }
}
