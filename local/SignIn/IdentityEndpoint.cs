using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlokSec.Local.SignIn;

/// <summary>
/// The token endpoint of a managed identity as App Service and Functions have it, which ManagedIdentityCredential finds through the
/// environment variables <c>IDENTITY_ENDPOINT</c> and <c>IDENTITY_HEADER</c>
/// (https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference).
/// </summary>
internal static class IdentityEndpoint
{
    public const string Path = "/msi/token";

    private const string ApiVersion = "2019-08-01";

    public static void Map(WebApplication app, IdentityTokens tokens, SignInStandInOptions options) =>
        app.MapGet(Path, (HttpRequest request) => Answer(request, tokens, options));

    private static IResult Answer(HttpRequest request, IdentityTokens tokens, SignInStandInOptions options)
    {
        if (request.Headers["X-IDENTITY-HEADER"] != options.IdentityHeader)
        {
            return Refuse(StatusCodes.Status401Unauthorized, "The header X-IDENTITY-HEADER is missing or wrong.");
        }

        if (request.Query["api-version"] != ApiVersion)
        {
            return Refuse(StatusCodes.Status400BadRequest, $"The api-version must be {ApiVersion}.");
        }

        if (request.Query["resource"] is not [{ Length: > 0 } resource])
        {
            return Refuse(StatusCodes.Status400BadRequest, "The parameter resource is missing.");
        }

        var (token, expiresAt) = tokens.Create(resource);
        return TypedResults.Json(new Dictionary<string, string>
        {
            ["access_token"] = token,
            ["expires_on"] = expiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["resource"] = resource,
            ["token_type"] = "Bearer",
            ["client_id"] = request.Query["client_id"] is [{ Length: > 0 } clientId] ? clientId : IdentityTokens.ClientId,
        });
    }

    private static JsonHttpResult<Refusal> Refuse(int status, string message) =>
        TypedResults.Json(new Refusal(status, message), statusCode: status);

    private sealed record Refusal(int StatusCode, string Message);
}
