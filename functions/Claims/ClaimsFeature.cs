namespace BlokSec.Functions.Claims;

/// <summary>Claims: how a user without an active identity enrolls a phone.</summary>
internal static class ClaimsFeature
{
    public static void AddClaims(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<ClaimsOptions, ClaimsOptions.Validator>(ClaimsOptions.Section);
        builder.Services.AddSingleton<ClaimFactory>();
        builder.Services.AddSingleton<ClaimViews>();
        builder.Services.AddSingleton<OpenClaims>();
    }
}
