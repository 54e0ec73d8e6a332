using System.Net.Http.Json;

namespace BlokSec.Portal;

/// <summary>Where the console finds the API and the sign-in service: <c>settings.json</c> beside <c>index.html</c>.</summary>
/// <param name="Api">The API's address, such as <c>https://api.example.com/api</c>.</param>
/// <param name="Auth">How administrators sign in.</param>
internal sealed record PortalSettings(string Api, AuthSettings Auth)
{
    /// <summary>The API's address, with the slash at the end that relative addresses need.</summary>
    public Uri ApiAddress => new(Api.TrimEnd('/') + "/");

    /// <summary>Reads the settings; they are fetched each time, so that editing the one file is enough.</summary>
    public static async Task<PortalSettings> LoadAsync(Uri baseAddress)
    {
        using var http = new HttpClient { BaseAddress = baseAddress };
        return await http.GetFromJsonAsync("settings.json", Portal.Api.PortalJson.Default.PortalSettings)
            ?? throw new InvalidOperationException("settings.json is empty.");
    }
}

/// <summary>An OIDC issuer, and this console as its client.</summary>
/// <param name="Authority">The issuer.</param>
/// <param name="ClientId">This console's client id; a public client that uses the code flow with PKCE.</param>
/// <param name="Scope">The scopes to ask for, separated by spaces; with Entra ID also the API's own scope.</param>
/// <param name="RoleClaim">The claim that lists the administrator's roles. Default: <c>roles</c>.</param>
/// <param name="TenantClaim">The claim that names the administrator's tenant. Default: <c>tenant_id</c> or <c>tid</c>.</param>
internal sealed record AuthSettings(string Authority, string ClientId, string Scope, string RoleClaim = "roles", string? TenantClaim = null)
{
    /// <summary>The claims that may name the tenant; the first found counts.</summary>
    public IReadOnlyList<string> TenantClaims => TenantClaim is null ? ["tenant_id", "tid"] : [TenantClaim];
}
