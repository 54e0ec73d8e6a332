using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Claims;

/// <summary>The code of a stored claim.</summary>
internal static class ClaimCodesOfDocuments
{
    public static string? Derive(this ClaimCodes codes, ClaimDocument claim) =>
        codes.Derive(claim.KeyId, claim.TenantId, claim.UserId, claim.ClaimId, claim.Epoch);

    /// <summary>What a code is worth to redeem the user's claim.</summary>
    public static ClaimCodeMatch Match(this ClaimCodes codes, string code, UserKey user, ClaimDocument? claim) =>
        codes.Match(code, user.TenantId, user.UserId, claim is null ? null : codes.Derive(claim));
}
