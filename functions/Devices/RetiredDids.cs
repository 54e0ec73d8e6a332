using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Devices;

/// <summary>Refuses a DID that was reset, and leaves an alert: somebody holds an old backup or a stolen phone.</summary>
internal static class RetiredDids
{
    public static async Task<IResult> RefuseAsync(
        IdentityStore identities, DeviceProof proof, string did, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        var alert = key.Entry(now, AuditActor.Phone(proof.DeviceId), AuditActions.RetiredDidUsed, did);
        if (await identities.TryRaiseAsync(alert, DeviceRegistrations.Used(proof), cancellationToken))
        {
            Measures.SecurityEvent("retired-did-used");
        }

        // A conflict means that the entry is there: of this very call, whose first answer was lost on its way from the database.
        return Problems.Of(
            StatusCodes.Status403Forbidden,
            ProblemCodes.DidRetired,
            "This identity was reset by an administrator and cannot be used again. Ask for a claim QR code.");
    }
}
