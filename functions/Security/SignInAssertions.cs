using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Security;

/// <summary>The phone's own signatures inside an assertion.</summary>
/// <param name="Device">By the device's key.</param>
/// <param name="DeviceKey">That key, as a JWK; its RFC 7638 thumbprint is the id of the device.</param>
/// <param name="Did">By the DID's key, which the DID itself contains.</param>
internal sealed record SignInSignatures(string Device, JsonElement DeviceKey, string Did);

/// <summary>The claims of an assertion. <c>amr</c> after RFC 8176: possession of keys, another channel, a person who was there.</summary>
internal sealed record SignInAssertionClaims(
    string Iss,
    string Aud,
    string Sub,
    long Iat,
    long AuthTime,
    string Jti,
    IReadOnlyList<string> Amr,
    string Tenant,
    string User,
    string Account,
    string AccountName,
    string Application,
    string Did,
    string Device,
    string Request,
    SignInSignatures Answer);

/// <summary>
/// Signs what an application gets for an accepted request. It can be verified offline with the keys of <c>/api/.well-known/jwks.json</c>, and what
/// the phone signed with the keys that are in it.
/// </summary>
internal sealed class SignInAssertions(StatementKeys keys, PublicAddress address)
{
    /// <summary>The <c>typ</c> of an assertion.</summary>
    public const string Type = "sign-in-assertion+jwt";

    private static readonly string[] Methods = ["pop", "mca", "user"];

    /// <summary>Signs an assertion.</summary>
    /// <param name="accepted">What was accepted.</param>
    /// <param name="accountName">The name of the account.</param>
    /// <param name="did">The user's DID.</param>
    /// <param name="answer">What the phone signed.</param>
    /// <param name="at">When it was accepted.</param>
    /// <returns>A compact JWS.</returns>
    public string Sign(AcceptedSignIn accepted, string accountName, string did, SignInSignatures answer, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds();
        var claims = new SignInAssertionClaims(
            address.Url,
            accepted.ApplicationId,
            accepted.UserId,
            seconds,
            seconds,
            accepted.RequestId,
            Methods,
            accepted.TenantId,
            accepted.UserId,
            accepted.AccountId,
            accountName,
            accepted.ApplicationId,
            did,
            accepted.DeviceId,
            accepted.RequestId,
            answer);
        return keys.SignJws(Type, JsonSerializer.SerializeToUtf8Bytes(claims, SignInJson.Relaxed.SignInAssertionClaims));
    }
}

/// <summary>The JSON of assertions.</summary>
[JsonSerializable(typeof(SignInAssertionClaims))]
internal sealed partial class SignInJson : JsonSerializerContext
{
    /// <summary>The claims that RFCs name are in snake case; ours are single words, or are written like them.</summary>
    public static readonly SignInJson Relaxed = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
