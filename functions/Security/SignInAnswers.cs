using System.Security.Cryptography;
using System.Text;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Security;

/// <summary>The claims of a signature with which a phone accepts a sign-in.</summary>
internal sealed record SignInAnswerClaims(
    string Aud,
    decimal Iat,
    string Jti,
    string Tenant,
    string User,
    string Device,
    string Request,
    string Application,
    string Account,
    string Context,
    string Decision,
    string Number);

/// <summary>What is accepted: the signatures must name all of it.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The user.</param>
/// <param name="DeviceId">The device that signs the call.</param>
/// <param name="RequestId">The request.</param>
/// <param name="ApplicationId">The application that asked.</param>
/// <param name="AccountId">The account that signs in.</param>
/// <param name="Context">See <see cref="SignInAnswers.ContextOf"/>.</param>
/// <param name="Number">The number that was typed.</param>
internal sealed record AcceptedSignIn(
    string TenantId, string UserId, string DeviceId, string RequestId, string ApplicationId, string AccountId, string Context, string Number);

/// <summary>
/// Checks the two signatures of an acceptance (<c>docs/mobile-protocol.md</c>): one by the key of the device, one by the key of the user's DID. They
/// are kept and handed to the application, so each tells all that was accepted by itself.
/// </summary>
internal sealed class SignInAnswers(PublicAddress address, TimeProvider time)
{
    /// <summary>The <c>typ</c> of a signature.</summary>
    public const string Type = "sign-in-answer+jwt";

    /// <summary>The decision that is signed.</summary>
    public const string Accept = "accept";

    /// <summary>What binds a signature to what the phone showed: base64url SHA-256 of challenge, application, account and message, with line feeds between them.</summary>
    public static string ContextOf(string challenge, string applicationId, string accountId, string? bindingMessage) =>
        StrictBase64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{challenge}\n{applicationId}\n{accountId}\n{bindingMessage}")));

    /// <summary>What is wrong with the device's signature, in a short sentence fit for the caller; null when it holds.</summary>
    /// <param name="publicKey">The key of the device, as a JWK: that of the proof of the call.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="accepted">What it must name.</param>
    public string? DeviceFault(string publicKey, string signature, AcceptedSignIn accepted) =>
        JsonWebKeys.TryParse(publicKey, out var key) ? Fault(signature, accepted.DeviceId, key, accepted) : ProofFaults.AnswerOfDevice;

    /// <summary>The same for the signature by the DID.</summary>
    public string? DidFault(string did, string signature, AcceptedSignIn accepted) =>
        DidKey.TryParse(did, out var key) ? Fault(signature, did, key, accepted) : ProofFaults.DidUnsupported;

    /// <summary>The DID that a signature says it is by; null when it says none. Nothing is verified.</summary>
    public static string? ClaimedDid(string signature) => CompactJws.TryParse(signature, Type, out var jws) ? jws.Header.Kid : null;

    private string? Fault(string signature, string keyId, PublicKey key, AcceptedSignIn accepted)
    {
        if (!CompactJws.TryParse(signature, Type, out var jws)
            || jws.Header.Jwk is not null
            || jws.Header.Kid != keyId
            || !jws.IsSignedBy(key)
            || !SecurityJson.TryRead(jws.Payload.Span, SecurityJson.Default.SignInAnswerClaims, out var claims)
            || !Identifiers.IsProofId(claims.Jti))
        {
            return keyId == accepted.DeviceId ? ProofFaults.AnswerOfDevice : ProofFaults.AnswerOfDid;
        }

        if (ProofFaults.OfTime(claims.Iat, time.GetUtcNow()) is { } outOfTime)
        {
            return outOfTime;
        }

        return claims.Aud == address.Url && claims.Decision == Accept && accepted == new AcceptedSignIn(
                claims.Tenant, claims.User, claims.Device, claims.Request, claims.Application, claims.Account, claims.Context, claims.Number)
            ? null
            : ProofFaults.AnswerOther;
    }
}
