using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Authentication;

namespace BlokSec.Functions.Provisioning;

/// <summary>Provisioning tokens: how directories without access tokens show who they are.</summary>
internal static class ProvisioningFeature
{
    public static void AddProvisioning(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProvisioningTokens>().AddSingleton<TokenGuesses>();
        new AuthenticationBuilder(builder.Services).AddScheme<AuthenticationSchemeOptions, ProvisioningAuthentication>(DirectoryAuthentication.TokenScheme, null);
    }
}
