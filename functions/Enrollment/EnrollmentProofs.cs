using BlokSec.Functions.Devices;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Enrollment;

/// <summary>What a phone proves before it enrolls: that it has the key of the device, that of the DID, and means this user.</summary>
internal sealed class EnrollmentProofs(DidProofs didProofs)
{
    /// <summary>Why the proofs are refused, 401; null when they hold.</summary>
    /// <param name="request">The request, whose address the proof names.</param>
    /// <param name="proof">The proof of the device's key, checked before.</param>
    /// <param name="key">The user that the body names.</param>
    /// <param name="did">The DID that the body names.</param>
    /// <param name="didProof">The proof of the DID's key.</param>
    /// <param name="claimCode">The claim's code, which the proof names; null without a claim.</param>
    public IResult? Refuse(HttpRequest request, DeviceProof proof, UserKey key, string did, string didProof, string? claimCode) =>
        DeviceAnswers.Mismatch(proof, key.TenantId, key.UserId)
        ?? (didProofs.Fault(request, proof, did, didProof, claimCode) is { } fault ? DeviceAnswers.ProofInvalid(fault) : null);
}
