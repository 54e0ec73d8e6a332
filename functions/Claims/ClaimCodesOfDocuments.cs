using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Claims;

/// <summary>The code of a stored claim.</summary>
internal static class ClaimCodesOfDocuments
{
    public static string? Derive(this ClaimCodes codes, ClaimDocument claim) =>
        codes.Derive(claim.KeyId, claim.TenantId, claim.UserId, claim.ClaimId, claim.Epoch);

    public static bool Matches(this ClaimCodes codes, string code, ClaimDocument claim) =>
        codes.Matches(code, claim.KeyId, claim.TenantId, claim.UserId, claim.ClaimId, claim.Epoch);
}
