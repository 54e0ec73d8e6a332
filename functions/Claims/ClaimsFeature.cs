using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Claims;

/// <summary>Claims: how a user without an active identity enrolls a phone.</summary>
internal static class ClaimsFeature
{
    public static void AddClaims(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ClaimsOptions>().BindConfiguration(ClaimsOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ClaimsOptions>, ClaimsOptionsValidator>();
        builder.Services.AddSingleton<ClaimFactory>();
        builder.Services.AddSingleton<ClaimViews>();
    }
}
