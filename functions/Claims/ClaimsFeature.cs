using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;
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
        builder.Services.AddSingleton<ClaimAttempts>();
        builder.Services.AddSingleton<ClaimOperations>();
        builder.Services.AddSingleton<GetClaim>();
        builder.Services.AddSingleton<GetClaimQr>();
        builder.Services.AddSingleton<RenewClaim>();
        builder.Services.AddSingleton<RedeemClaim>();
    }

    public static void MapClaims(this IEndpointRouteBuilder app)
    {
        app.MapHttp<GetClaim>(HttpMethods.Get, "users/{userId}/claim").RequireAuthorization(AdminPolicies.UsersRead);
        app.MapHttp<GetClaimQr>(HttpMethods.Get, "users/{userId}/claim/qr").RequireAuthorization(AdminPolicies.DevicesManage);
        app.MapHttp<RenewClaim>(HttpMethods.Post, "users/{userId}/claim/renewal").RequireAuthorization(AdminPolicies.DevicesManage);
        app.MapHttp<RedeemClaim>(HttpMethods.Post, "mobile/claims/redemption").RequireAuthorization(DeviceAuthentication.Policy);
    }
}
