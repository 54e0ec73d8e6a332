using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Devices;

/// <summary>The answers to a phone that is refused. Only <see cref="Removed"/> lets an app reset.</summary>
internal static class DeviceAnswers
{
    /// <summary>410 with the signed statement.</summary>
    public static IResult Removed(RevocationDocument revocation)
    {
        var details = Problems.Details(
            ProblemCodes.DeviceRemoved, "This account is no longer accessible.");
        details.Extensions["statement"] = revocation.Statement;
        return TypedResults.Problem(details);
    }

    /// <summary>403: the user is suspended. The app resets nothing.</summary>
    public static IResult Suspended() => Problems.Of(
        ProblemCodes.UserSuspended, "Your access is suspended. Your phone stays as it is; your administrator can help.");

    /// <summary>403: the removal can still be taken back. The app resets nothing.</summary>
    public static IResult OnHold() => Problems.Of(
        ProblemCodes.DeviceOnHold, "This phone is blocked for now. It stays as it is; your administrator can help.");

    public static IResult Unknown() =>
        Problems.Of(ProblemCodes.DeviceUnknown, "This device is not registered.");

    /// <summary>401: the proof of the device or of the DID is refused.</summary>
    public static IResult ProofInvalid(string reason) => new ProofRefusal(reason);

    public static IResult Replayed() => ProofInvalid("This proof was used before.");

    /// <summary>The proof must be about the user that the body names.</summary>
    public static IResult? Mismatch(DeviceProof proof, string tenantId, string userId) =>
        proof.TenantId == tenantId && proof.UserId == userId
            ? null
            : ProofInvalid("The proof is about another user than the request.");
}
