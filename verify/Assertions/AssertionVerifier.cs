using BlokSec.Verify.Jose;

namespace BlokSec.Verify.Assertions;

/// <summary>
/// Checks the assertion of an accepted sign-in: the service's signature around it, and in it those of the device and of the user's DID, which
/// must name the same sign-in.
/// </summary>
internal static class AssertionVerifier
{
    private const string Document = "assertion";

    private const string Type = "sign-in-assertion+jwt";

    private const string AnswerType = "sign-in-answer+jwt";

    /// <summary>The service refuses answers that are a minute away from its clock; it may take a while to write down that it took one.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>Checks an assertion.</summary>
    /// <param name="text">The compact JWS.</param>
    /// <param name="keys">The service's keys.</param>
    public static Verdict Verify(string text, KeySet keys)
    {
        if (!CompactJws.TryParse(text, Type, out var jws))
        {
            return Verdict.Forged(Document, $"It is no JWS of type {Type}.");
        }

        if (keys.FaultOf(jws) is { } fault)
        {
            return Verdict.Forged(Document, fault);
        }

        if (!StrictJson.TryReadSnake<AssertionClaims>(jws.Payload.Span, out var claims))
        {
            return Verdict.Forged(Document, "What is signed is not an assertion.");
        }

        if (claims.Sub != claims.User || claims.Jti != claims.Request || claims.Aud != claims.Application || claims.Iat != claims.AuthTime || !Times.IsTime(claims.AuthTime))
        {
            return Verdict.Forged(Document, "It contradicts itself.");
        }

        if (!PublicKey.TryRead(claims.Answer.DeviceKey, out var deviceKey) || deviceKey.Thumbprint != claims.Device)
        {
            return Verdict.Forged(Document, "The key in it is not that of the device that it names.");
        }

        if (DidKey.Read(claims.Did) is not { } didKey)
        {
            return Verdict.Forged(Document, "The DID in it holds no key.");
        }

        return Answer(claims.Answer.Device, deviceKey, claims.Device, claims) is not { } byDevice
                ? Verdict.Forged(Document, "What the device is said to have signed is not by its key, or is not this sign-in.")
            : Answer(claims.Answer.Did, didKey, claims.Did, claims) is not { } byDid
                ? Verdict.Forged(Document, "What the DID is said to have signed is not by its key, or is not this sign-in.")
            : (byDevice.Context, byDevice.Number) != (byDid.Context, byDid.Number)
                ? Verdict.Forged(Document, "Device and DID signed different sign-ins.")
            : Words(claims, byDevice, jws.Header.Kid!);
    }

    /// <summary>What one of the phone's keys signed; null when it did not sign this sign-in.</summary>
    private static AnswerClaims? Answer(string text, PublicKey key, string keyId, AssertionClaims claims) =>
        CompactJws.TryParse(text, AnswerType, out var jws)
        && jws.Header is { Jwk: null, Kid: { } kid }
        && kid == keyId
        && jws.IsSignedBy(key)
        && StrictJson.TryReadSnake<AnswerClaims>(jws.Payload.Span, out var signed)
        && signed.Decision == "accept"
        && signed.Aud == claims.Iss
        && (signed.Tenant, signed.User, signed.Device, signed.Request, signed.Application, signed.Account)
            == (claims.Tenant, claims.User, claims.Device, claims.Request, claims.Application, claims.Account)
        && Math.Abs(signed.Iat - claims.AuthTime) <= (decimal)Window.TotalSeconds
            ? signed
            : null;

    private static Verdict Words(AssertionClaims claims, AnswerClaims signed, string signedBy)
    {
        var at = Times.Text(Times.Of(claims.AuthTime));
        return new Verdict(Document)
        {
            About = $"Sign-in of account {Verdict.Plain(claims.AccountName)} at application {Verdict.Plain(claims.Application)}, user {Verdict.Plain(claims.User)} in tenant {Verdict.Plain(claims.Tenant)}.",
            Proven =
            [
                $"the service at {Verdict.Plain(claims.Iss)} made this assertion for application {Verdict.Plain(claims.Aud)}, and nobody changed it since. It is signed by the service's key {signedBy}.",
                $"whoever has the key of device {claims.Device} accepted request {Verdict.Plain(claims.Request)} of this application for this account, and typed the number {Verdict.Plain(signed.Number)}. The service cannot make up this signature.",
                $"whoever has the key of {claims.Did} accepted the same. The service cannot make up this signature either.",
            ],
            NotProven =
            [
                "that device and DID were those of this user. That is the service's word.",
                $"the time, {at}. It is the service's word; the phone signed its own time, which fits.",
                $"that the application showed the number {Verdict.Plain(signed.Number)}. Ask the application.",
                "who held the phone.",
                "that the key set is the service's. Get it yourself, from /api/.well-known/jwks.json of the service.",
            ],
            Facts = new Dictionary<string, string?>
            {
                ["issuer"] = claims.Iss,
                ["tenant"] = claims.Tenant,
                ["user"] = claims.User,
                ["application"] = claims.Application,
                ["account"] = claims.Account,
                ["device"] = claims.Device,
                ["did"] = claims.Did,
                ["request"] = claims.Request,
                ["number"] = signed.Number,
                ["at"] = at,
                ["key"] = signedBy,
            },
        };
    }
}
