using System.Collections.Concurrent;
using System.Text.Json;
using BlokSec.Local.SignIn;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Local.DemoApp;

/// <summary>
/// What BlokSec tells the application of its users: Security Event Tokens, pushed (RFC 8935). Each is verified with the keys that the issuer publishes;
/// what ends sessions ends those of the user that it names.
/// </summary>
internal sealed class SecurityEvents(HttpClient http, Uri api, DemoApplication application, string secret, Attempts attempts)
{
    /// <summary>Where they are pushed.</summary>
    public const string Path = "/events";

    private const string Base = "https://schemas.openid.net/secevent/";
    private const int Remembered = 10_000;

    /// <summary>The sessions of the user end (CAEP 1.0, section 3.1).</summary>
    public const string SessionRevoked = $"{Base}caep/event-type/session-revoked";

    /// <summary>The events that the application asks for: those that end a session.</summary>
    public static readonly IReadOnlyDictionary<string, string> Endings = new Dictionary<string, string>
    {
        [SessionRevoked] = "Access was withdrawn",
        [$"{Base}risc/event-type/account-disabled"] = "The account was disabled",
        [$"{Base}risc/event-type/account-purged"] = "The account was deleted",
    };

    private static readonly JsonWebTokenHandler Handler = new();

    private readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal);
    private IList<SecurityKey> keys = [];

    /// <summary>The issuer of the events of the application's tenant.</summary>
    public string Issuer { get; } = $"{api.GetLeftPart(UriPartial.Authority)}/api/ssf/{application.TenantId}";

    /// <summary>Takes an event.</summary>
    public async Task<IResult> ReceiveAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != $"Bearer {secret}")
        {
            return Refuse("authentication_failed", "The authorization header is not the one that was agreed.");
        }

        using var reader = new StreamReader(context.Request.Body);
        var set = await reader.ReadToEndAsync(context.RequestAborted);
        if (context.Request.ContentType?.StartsWith("application/secevent+jwt", StringComparison.Ordinal) != true || !Handler.CanReadToken(set))
        {
            return Refuse("invalid_request", "The body is not a Security Event Token.");
        }

        if (await VerifyAsync(set, context.RequestAborted) is not { } token)
        {
            return Refuse("invalid_key", "The token cannot be verified.");
        }

        if (known.Count > Remembered)
        {
            known.Clear();
        }

        if (known.TryAdd(token.Id, true))
        {
            Act(token);
        }

        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private async Task<JsonWebToken?> VerifyAsync(string set, CancellationToken cancellationToken)
    {
        var token = Handler.ReadJsonWebToken(set);
        if (keys.All(key => key.KeyId != token.Kid))
        {
            keys = new JsonWebKeySet(await http.GetStringAsync(new Uri($"{Issuer}/jwks.json"), cancellationToken)).GetSigningKeys();
        }

        var result = await Handler.ValidateTokenAsync(set, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = application.ClientId,
            ValidTypes = ["secevent+jwt"],
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            IssuerSigningKeys = keys,
            TryAllIssuerSigningKeys = false,
            // An event is about a moment, and has no end.
            LifetimeValidator = (_, expires, _, _) => expires is null,
        });
        return result.IsValid ? token : null;
    }

    private void Act(JsonWebToken token)
    {
        var subject = token.GetPayloadValue<JsonElement>("sub_id");
        var happened = token.GetPayloadValue<JsonElement>("events").EnumerateObject().First();
        if (Endings.TryGetValue(happened.Name, out var why)
            && subject.GetProperty("format").GetString() == "iss_sub"
            && subject.GetProperty("iss").GetString() == Issuer
            && subject.GetProperty("sub").GetString() is { } userId)
        {
            attempts.SignOut(userId, $"{why}. {Reason(happened.Value)}".Trim());
        }
    }

    private static string Reason(JsonElement happened) =>
        happened.TryGetProperty("reason_admin", out var reason) && reason.TryGetProperty("en", out var text) ? text.GetString()! : "";

    private static IResult Refuse(string err, string description) =>
        Results.Json(new { err, description }, statusCode: StatusCodes.Status400BadRequest);
}
