using System.Text.Json;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.SignIn;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Local.DemoApp;

/// <summary>
/// Verifies the assertion of an accepted request with public keys only: the server's from its key set, those of the phone from the assertion
/// itself, whose device id is the thumbprint of the one and whose DID is the other.
/// </summary>
internal sealed class AssertionVerifier(HttpClient http, Uri api, DemoApplication application, TimeProvider time)
{
    private const string AssertionType = "sign-in-assertion+jwt";
    private const string AnswerType = "sign-in-answer+jwt";

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private static readonly JsonWebTokenHandler Handler = new();

    /// <summary>What both of the phone's signatures name as the assertion does.</summary>
    private static readonly string[] Shared = ["tenant", "user", "device", "request", "application", "account"];

    private readonly string issuer = api.GetLeftPart(UriPartial.Authority);
    private IList<SecurityKey> keys = [];

    /// <summary>Verifies an assertion.</summary>
    /// <param name="assertion">The compact JWS.</param>
    /// <param name="number">The number that this application showed: it ties the assertion to the request.</param>
    /// <param name="askedAt">When this application asked; older assertions are of another request.</param>
    /// <param name="cancellationToken">Ends the wait for the server's keys.</param>
    public async Task<Verification> VerifyAsync(string assertion, string number, DateTimeOffset askedAt, CancellationToken cancellationToken)
    {
        if (!Handler.CanReadToken(assertion) || !CompactJws.TryParse(assertion, out var jws))
        {
            return Verification.Failed("It is not a JWS.");
        }

        if (keys.All(key => key.KeyId != jws.HeaderText("kid")))
        {
            var set = await http.GetStringAsync(new Uri(api, "/api/.well-known/jwks.json"), cancellationToken);
            keys = new JsonWebKeySet(set).GetSigningKeys();
        }

        var result = await Handler.ValidateTokenAsync(assertion, new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudience = application.ClientId,
            ValidTypes = [AssertionType],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = keys,
            TryAllIssuerSigningKeys = false,
            // An assertion is about a moment, and has no end.
            LifetimeValidator = (_, _, _, _) => IsFresh(jws.ClaimNumber("iat"), askedAt) && IsFresh(jws.ClaimNumber("auth_time"), askedAt),
        });
        return !result.IsValid ? Verification.Failed(result.Exception.Message)
            : jws.ClaimText("tenant") != application.TenantId ? Verification.Failed("It is about another tenant.")
            : jws.ClaimText("application") != application.ClientId ? Verification.Failed("It is for another application.")
            : jws.ClaimText("sub") != jws.ClaimText("user") || jws.ClaimText("jti") != jws.ClaimText("request") ? Verification.Failed("It contradicts itself.")
            : FaultOfPhone(jws, number) is { } fault ? Verification.Failed(fault)
            : new Verification(Read(jws), null);
    }

    private bool IsFresh(long? seconds, DateTimeOffset askedAt) =>
        seconds is { } at && at >= (askedAt - ClockSkew).ToUnixTimeSeconds() && at <= (time.GetUtcNow() + ClockSkew).ToUnixTimeSeconds();

    /// <summary>What is wrong with what the phone signed; null when both signatures hold.</summary>
    private string? FaultOfPhone(CompactJws assertion, string number)
    {
        if (!assertion.Claims.TryGetProperty("answer", out var answer)
            || !answer.TryGetProperty("device_key", out var jwk)
            || !PublicJwk.TryRead(jwk, out var deviceKey)
            || deviceKey.Thumbprint() != assertion.ClaimText("device"))
        {
            return "The key in it is not that of the device.";
        }

        if (!DidKey.TryParse(assertion.ClaimText("did") ?? "", out var didKey))
        {
            return "The DID in it holds no key.";
        }

        return !IsAccepted(answer, "device", deviceKey, assertion.ClaimText("device")!, assertion, number, out var byDevice)
                ? "What the device signed is not this sign-in."
            : !IsAccepted(answer, "did", didKey, assertion.ClaimText("did")!, assertion, number, out var byDid)
                ? "What the DID signed is not this sign-in."
            : byDevice!.ClaimText("context") != byDid!.ClaimText("context")
                ? "Device and DID signed different sign-ins."
            : null;
    }

    /// <summary>Whether a signature is by the key, and names this very sign-in.</summary>
    private bool IsAccepted(
        JsonElement answer, string member, PublicJwk key, string keyId, CompactJws assertion, string number, out CompactJws? signed)
    {
        signed = null;
        if (!answer.TryGetProperty(member, out var text) || text.ValueKind != JsonValueKind.String || !CompactJws.TryParse(text.GetString()!, out var jws))
        {
            return false;
        }

        signed = jws;
        return jws.HeaderText("typ") == AnswerType
            && jws.HeaderText("alg") == key.Algorithm
            && jws.HeaderText("kid") == keyId
            && jws.IsSignedBy(key)
            && jws.ClaimText("aud") == issuer
            && jws.ClaimText("decision") == "accept"
            && jws.ClaimText("number") == number
            && Array.TrueForAll(Shared, claim => jws.ClaimText(claim) is { } value && value == assertion.ClaimText(claim));
    }

    private static VerifiedSignIn Read(CompactJws jws) => new(
        jws.ClaimText("account_name") ?? jws.ClaimText("account")!,
        jws.ClaimText("user")!,
        jws.ClaimText("tenant")!,
        jws.ClaimText("did")!,
        jws.ClaimText("device")!,
        jws.ClaimText("request")!,
        DateTimeOffset.FromUnixTimeSeconds(jws.ClaimNumber("auth_time")!.Value),
        [.. jws.Claims.GetProperty("amr").EnumerateArray().Select(method => method.ToString())]);
}

/// <summary>What became of a verification.</summary>
/// <param name="SignIn">What was verified; null when it did not hold.</param>
/// <param name="Fault">Why it did not hold; null when it did.</param>
internal sealed record Verification(VerifiedSignIn? SignIn, string? Fault)
{
    /// <summary>An assertion that is not believed.</summary>
    public static Verification Failed(string why) => new(null, why);
}

/// <summary>The claims of a verified assertion.</summary>
/// <param name="Account">The name of the account that signed in.</param>
/// <param name="User">The user's id.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Did">The user's DID.</param>
/// <param name="Device">The device that answered.</param>
/// <param name="Request">The request.</param>
/// <param name="At">When it was accepted.</param>
/// <param name="Methods">How the user was authenticated (RFC 8176).</param>
internal sealed record VerifiedSignIn(
    string Account, string User, string Tenant, string Did, string Device, string Request, DateTimeOffset At, IReadOnlyList<string> Methods);
