using System.Security.Cryptography;
using System.Text;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Security;

/// <summary>The claims of a proof of a DID.</summary>
internal sealed record DidProofClaims(
    string Aud, decimal Iat, string Jti, string Tenant, string User, string Device, string? Claim = null);

/// <summary>
/// Checks the proof of a DID that comes in a body (<c>docs/mobile-protocol.md</c>). It names the device key that signs the call, so it is of
/// no use to another device, and a replay of it is a replay of the call.
/// </summary>
internal sealed class DidProofs(PublicAddress address, TimeProvider time)
{
    /// <summary>The <c>typ</c> of a proof.</summary>
    public const string Type = "did-proof+jwt";

    /// <summary>What is wrong with a proof, in a short sentence of <see cref="ProofFaults"/>; null when it holds.</summary>
    /// <param name="request">The call it came with.</param>
    /// <param name="device">The proof of the device that signs the call; the DID's proof must name the same tenant, user and device.</param>
    /// <param name="did">The DID it must be by.</param>
    /// <param name="didProof">The proof: a compact JWS.</param>
    /// <param name="claimCode">The code of the claim it must be for; null when no claim is redeemed, and then it must name none.</param>
    public string? Fault(HttpRequest request, DeviceProof device, string did, string didProof, string? claimCode)
    {
        if (!DidKey.TryParse(did, out var key))
        {
            return ProofFaults.DidUnsupported;
        }

        if (!CompactJws.TryParse(didProof, Type, out var jws) || jws.Header.Jwk is not null || jws.Header.Kid != did)
        {
            return ProofFaults.DidMalformed;
        }

        if (!jws.IsSignedBy(key))
        {
            return ProofFaults.DidSignatureWrong;
        }

        return SecurityJson.TryRead(jws.Payload.Span, SecurityJson.Default.DidProofClaims, out var claims) && Identifiers.IsProofId(claims.Jti)
            ? Fault(request, claims, device, claimCode)
            : ProofFaults.DidMalformed;
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
