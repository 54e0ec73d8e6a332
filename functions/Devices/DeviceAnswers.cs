using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Devices;

/// <summary>What a phone is told when it is refused. Only <see cref="Removed"/> lets an app reset.</summary>
internal static class DeviceAnswers
{
    /// <summary>410 with the signed statement.</summary>
    public static IResult Removed(RevocationDocument revocation)
    {
        var details = Problems.Details(
            StatusCodes.Status410Gone, ProblemCodes.DeviceRemoved, "This account is no longer accessible.");
        details.Extensions["statement"] = revocation.Statement;
        return TypedResults.Problem(details);
    }

    public static IResult Unknown() =>
        Problems.Of(StatusCodes.Status401Unauthorized, ProblemCodes.DeviceUnknown, "This device is not registered.");

    public static IResult ProofInvalid(string reason) =>
        Problems.Of(StatusCodes.Status401Unauthorized, ProblemCodes.ProofInvalid, reason);

    public static IResult Replayed() => ProofInvalid("This proof was used before.");

    public static IResult KeyRevoked() => Problems.Conflict(
        ProblemCodes.DeviceKeyRevoked, "A device with this key was removed. Make a new key and try again.");

    /// <summary>The proof must be about the user that the body names.</summary>
    public static IResult? Mismatch(DeviceProof proof, string tenantId, string userId) =>
        proof.TenantId == tenantId && proof.UserId == userId
            ? null
            : ProofInvalid("The proof is about another user than the request.");
}
