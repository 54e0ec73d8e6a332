using System.Buffers.Text;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Components.WebAssembly.Authentication;

namespace BlokSec.Portal.Security;

/// <summary>
/// Finds the administrator's roles where the API finds them: in the access token. With Entra ID the roles of the API's registration are
/// in no other token. A token that cannot be read leaves what the sign-in itself said.
/// </summary>
internal sealed class AdministratorReader(IAccessTokenProvider tokens, PortalSettings settings)
{
    /// <summary>The administrator; null when the session is over.</summary>
    public async Task<Administrator?> ReadAsync(ClaimsPrincipal user) =>
        (await tokens.RequestAccessToken()).TryGetToken(out var token) ? Of(token.Value, user, settings.Auth) : null;

    public static Administrator Of(string token, ClaimsPrincipal user, AuthSettings settings)
    {
        var claims = Claims(token);
        var roles = Values(claims, settings.RoleClaim) is { Count: > 0 } found
            ? found
            : [.. user.FindAll(settings.RoleClaim).SelectMany(claim => Split(claim.Value))];
        var tenant = settings.TenantClaims
            .Select(name => Values(claims, name).FirstOrDefault() ?? user.FindFirst(name)?.Value)
            .FirstOrDefault(value => value is not null);
        var subject = Values(claims, "oid").FirstOrDefault() ?? Values(claims, "sub").FirstOrDefault() ?? user.FindFirst("sub")?.Value
            ?? Guid.NewGuid().ToString();
        return new Administrator(
            $"{tenant}/{subject}",
            user.FindFirst("name")?.Value ?? user.FindFirst("preferred_username")?.Value ?? "Administrator",
            tenant,
            roles.Contains(Administrator.ReadRole),
            roles.Contains(Administrator.ReadRole) && roles.Contains(Administrator.ManageRole))
        {
            ManagesUsers = roles.Contains(Administrator.ReadRole) && roles.Contains(Administrator.UsersRole),
            ManagesApplications = roles.Contains(Administrator.ReadRole) && roles.Contains(Administrator.ApplicationsRole),
            Audits = roles.Contains(Administrator.AuditRole),
            ManagesPolicies = roles.Contains(Administrator.PoliciesRole),
        };
    }

    private static JsonElement? Claims(string token)
    {
        if (token.Split('.') is not [_, var payload, _])
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }

    private static List<string> Values(JsonElement? claims, string name) =>
        claims is { } all && all.TryGetProperty(name, out var value) ? Values(value) : [];

    private static List<string> Values(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => [.. value.EnumerateArray().SelectMany(Values)],
        _ => [],
    };

    /// <summary>The framework hands an array over as its JSON.</summary>
    private static List<string> Split(string claim)
    {
        if (!claim.StartsWith('['))
        {
            return [claim];
        }

        try
        {
            using var json = JsonDocument.Parse(claim);
            return Values(json.RootElement);
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
