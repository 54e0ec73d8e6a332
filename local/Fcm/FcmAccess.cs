using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using BlokSec.Local.Push;

namespace BlokSec.Local.Fcm;

/// <summary>
/// Google's OAuth token endpoint for service accounts: a JWT signed with RS256 for an access token that lives one hour
/// (https://developers.google.com/identity/protocols/oauth2/service-account#httprest).
/// </summary>
internal sealed class FcmAccess : IDisposable
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    // What Google's own libraries name as audience, wherever they are told to send the assertion.
    private const string GoogleAudience = "https://oauth2.googleapis.com/token";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private static readonly string[] Scopes =
        ["https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform"];

    private readonly ConcurrentDictionary<string, DateTimeOffset> tokens = new(StringComparer.Ordinal);
    private readonly RSA key = RSA.Create();
    private readonly FcmStandInOptions options;
    private readonly TimeProvider time;

    public FcmAccess(FcmStandInOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        key.ImportFromPem(options.PublicKey);
    }

    public bool Admits(string authorization) =>
        authorization.StartsWith("Bearer ", StringComparison.Ordinal)
        && tokens.TryGetValue(authorization["Bearer ".Length..], out var expiresAt)
        && expiresAt > time.GetUtcNow();

    /// <summary>Makes every token given out so far invalid.</summary>
    public void Forget() => tokens.Clear();

    public async Task AnswerAsync(HttpContext context, string audience)
    {
        if (context.Request.Method != HttpMethods.Post || !context.Request.HasFormContentType)
        {
            await RefuseAsync(context, "invalid_request", "Bad Request");
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["grant_type"].ToString() != Grant)
        {
            await RefuseAsync(context, "unsupported_grant_type", "Invalid grant_type");
        }
        else if (Refusal(form["assertion"].ToString(), audience) is { } reason)
        {
            await RefuseAsync(context, "invalid_grant", reason);
        }
        else
        {
            var token = "ya29." + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            tokens[token] = time.GetUtcNow() + Lifetime;
            await context.Response.WriteAsJsonAsync(
                new { access_token = token, expires_in = (int)Lifetime.TotalSeconds - 1, token_type = "Bearer" },
                JsonSerializerOptions.Default,
                context.RequestAborted);
        }
    }

    public static Task RefuseAsync(HttpContext context, string error, string description)
    {
        if (context.Response.StatusCode == StatusCodes.Status200OK)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }

        return context.Response.WriteAsJsonAsync(
            new { error, error_description = description }, JsonSerializerOptions.Default, context.RequestAborted);
    }

    public void Dispose() => key.Dispose();

    private string? Refusal(string assertion, string audience)
    {
        if (CompactJwt.Read(assertion) is not { } jwt || jwt.HeaderText("alg") != "RS256")
        {
            return "Invalid JWT";
        }

        var now = time.GetUtcNow();
        return jwt.ClaimText("iss") != options.ClientEmail ? "Invalid grant: account not found"
            : !key.VerifyData(jwt.Signed, jwt.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ? "Invalid JWT Signature."
            : jwt.ClaimText("aud") is not { } named || (named != audience && named != GoogleAudience) ? "Invalid JWT: Failed audience check."
            : jwt.ClaimTime("iat") is not { } issuedAt || jwt.ClaimTime("exp") is not { } expiresAt
                || issuedAt > now + Skew || expiresAt <= now - Skew || expiresAt - issuedAt > Lifetime
                ? "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            : !(jwt.ClaimText("scope") ?? string.Empty).Split(' ').Intersect(Scopes).Any() ? "Invalid OAuth scope or ID token audience provided."
            : null;
    }
}
