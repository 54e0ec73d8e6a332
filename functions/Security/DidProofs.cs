using System.Security.Cryptography;
using System.Text;

namespace BlokSec.Functions.Security;

/// <summary>The claims of a proof of a DID.</summary>
internal sealed record DidProofClaims(
    string Aud, long Iat, string Jti, string Tenant, string User, string Device, string? Claim = null);

/// <summary>What became of the check of a DID's proof.</summary>
internal abstract record DidProofResult
{
    private DidProofResult()
    {
    }

    /// <summary>Whoever holds the device's key also holds the key of the DID.</summary>
    internal sealed record Valid(string Did) : DidProofResult;

    /// <summary>The proof does not hold.</summary>
    /// <param name="Reason">Why, in a short sentence of <see cref="ProofFaults"/>.</param>
    internal sealed record Invalid(string Reason) : DidProofResult;
}

/// <summary>
/// Checks the proof of a DID that comes in a body (<c>docs/mobile-protocol.md</c>). It names the device key that signs the call, so it is of
/// no use to another device, and a replay of it is a replay of the call.
/// </summary>
internal sealed class DidProofs(PublicAddress address, TimeProvider time)
{
    /// <summary>The <c>typ</c> of a proof.</summary>
    public const string Type = "did-proof+jwt";

    /// <summary>Checks a proof.</summary>
    /// <param name="request">The call it came with.</param>
    /// <param name="device">The proof of the device that signs the call; the DID's proof must name the same tenant, user and device.</param>
    /// <param name="did">The DID it must be by.</param>
    /// <param name="didProof">The proof: a compact JWS.</param>
    /// <param name="claimCode">The code of the claim it must be for; null when no claim is redeemed, and then it must name none.</param>
    public DidProofResult Verify(HttpRequest request, DeviceProof device, string did, string didProof, string? claimCode)
    {
        if (!DidKey.TryParse(did, out var key))
        {
            return new DidProofResult.Invalid(ProofFaults.DidUnsupported);
        }

        if (!CompactJws.TryParse(didProof, Type, out var jws) || jws.Header.Jwk is not null || jws.Header.Kid != did)
        {
            return new DidProofResult.Invalid(ProofFaults.DidMalformed);
        }

        if (!jws.IsSignedBy(key))
        {
            return new DidProofResult.Invalid(ProofFaults.DidSignatureWrong);
        }

        if (!SecurityJson.TryRead(jws.Payload.Span, SecurityJson.Default.DidProofClaims, out var claims)
            || !Identifiers.IsProofId(claims.Jti))
        {
            return new DidProofResult.Invalid(ProofFaults.DidMalformed);
        }

        return Fault(request, claims, device, claimCode) is { } fault
            ? new DidProofResult.Invalid(fault)
            : new DidProofResult.Valid(did);
    }

    /// <summary>What the proof says of a claim code: base64url SHA-256 of its ASCII characters.</summary>
    public static string HashOf(string claimCode) => StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(claimCode)));

    private string? Fault(HttpRequest request, DidProofClaims claims, DeviceProof device, string? claimCode)
    {
        if (!address.Matches(claims.Aud, request))
        {
            return ProofFaults.DidOtherAddress;
        }

        if (ProofFaults.OfTime(claims.Iat, time.GetUtcNow()) is not null)
        {
            return ProofFaults.DidOutOfTime;
        }

        if (!ConstantTime.Equals(device.TenantId, claims.Tenant)
            || !ConstantTime.Equals(device.UserId, claims.User)
            || !ConstantTime.Equals(device.DeviceId, claims.Device))
        {
            return ProofFaults.DidOtherDevice;
        }

        return (claimCode, claims.Claim) switch
        {
            (null, null) => null,
            ({ } code, { } hash) when ConstantTime.Equals(HashOf(code), hash) => null,
            _ => ProofFaults.DidOtherClaim,
        };
    }
}
