using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Revocations;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Unregistration;

/// <summary>
/// What unregistering does in addition to revoking the devices: the DID is retired, the epoch grows, an open claim is cancelled, and the operation
/// resets the accounts and creates the new claim. No I/O.
/// </summary>
internal static class IdentityReset
{
    /// <summary>There is nothing to unregister.</summary>
    public static IResult AlreadyUnregistered() => Problems.Of(
        ProblemCodes.AlreadyUnregistered, "The user has no active identity to unregister. To let a phone enroll, renew the claim.");

    /// <summary>What the request comes to, for one user or as one of many.</summary>
    /// <param name="snapshot">What was read.</param>
    /// <param name="user">The user as it was read.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="planHash">The plan that was agreed to; null for none.</param>
    public static RevocationTarget Decide(PartitionSnapshot snapshot, UserDocument user, RevocationRequest request, string? planHash)
    {
        if (!user.CanBeUnregistered)
        {
            // Somebody unregistered the user before, or there never was an active DID.
            return user.UnregistrationOperationId is { } operationId
                ? new RevocationTarget.Earlier(operationId, AlreadyUnregistered())
                : new RevocationTarget.Refuse(AlreadyUnregistered());
        }

        return planHash is null || RevocationPlan.Matches(planHash, user, snapshot.Devices, removed: null, request.At, out _)
            ? Of(snapshot, user, request)
            : new RevocationTarget.Refuse(OperationAnswers.PlanStale());
    }

    /// <param name="snapshot">What was read.</param>
    /// <param name="user">The user as it was read.</param>
    /// <param name="request">What was asked for.</param>
    private static RevocationTarget.Devices Of(PartitionSnapshot snapshot, UserDocument user, RevocationRequest request)
    {
        var after = Unregistered(user, request);
        return new RevocationTarget.Devices(
            snapshot.Devices.FindAll(device => device.State == DeviceState.Active),
            user,
            after,
            AuditActions.UserUnregistered,
            [
                OperationLifecycle.Waiting(OperationStepName.ResetDid, user.AccountCount, request.At),
                OperationLifecycle.Waiting(OperationStepName.CreateClaim, 1, request.At),
            ],
            batch => Write(batch, user, after, snapshot.Claim, request));
    }

    private static UserDocument Unregistered(UserDocument user, RevocationRequest request) => user with
    {
        Did = null,
        // The registry of keys remembers the epoch in which the DID was entered: from now on it is an earlier one.
        RetiredDids = user.Did is null || user.KeysEntered ? user.RetiredDids : [.. user.RetiredDids, user.Did],
        Dids = DidLineage.Ended(user, request.ByName, request.Reason, request.OperationId, request.At),
        DidState = DidState.Resetting,
        Epoch = user.Epoch + 1,
        ActiveDeviceId = null,
        DeviceCount = 0,
        UnregistrationOperationId = request.OperationId,
    };

    /// <summary>
    /// Only if the user is as it was read: a device that was restored since then must not be passed over. Patches, so that a user whose
    /// document is of a later version or partly unreadable can be unregistered too.
    /// </summary>
    private static void Write(PartitionBatch batch, UserDocument before, UserDocument after, ClaimDocument? claim, RevocationRequest request)
    {
        batch.Patch(before, [.. Changes(before, after)]);
        if (before.Lost.Count > 0)
        {
            batch.Create(Repaired(before, after, request));
        }

        if (claim is { State: ClaimState.Open })
        {
            // A patch, because strangers who try codes write this document too.
            batch.Patch(
                ClaimDocument.DocumentId,
                $"FROM c WHERE c.state = 'open' AND c.claimId = '{claim.ClaimId}'",
                PatchOperation.Set("/state", ClaimState.Cancelled));
        }
    }

    /// <summary>What could not be read was replaced: somebody has to know.</summary>
    private static AuditDocument Repaired(UserDocument before, UserDocument after, RevocationRequest request) => before.Key.Entry(
        request.At, AuditActor.System(nameof(IdentityReset)), AuditActions.DocumentRepaired, [.. before.Lost]) with
    {
        OperationId = request.OperationId,
        Reason = $"These members of the user's document could not be read and were replaced: {string.Join(", ", before.Lost)}.",
        After = new Dictionary<string, string?> { ["epoch"] = after.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        Alert = true,
    };

    private static IEnumerable<PatchOperation> Changes(UserDocument before, UserDocument after)
    {
        yield return PatchOperation.Set<string?>("/did", null);
        yield return PatchOperation.Set("/dids", after.Dids);
        yield return PatchOperation.Set("/didState", after.DidState);
        yield return PatchOperation.Set("/epoch", after.Epoch);
        yield return PatchOperation.Set<string?>("/activeDeviceId", null);
        yield return PatchOperation.Set("/deviceCount", 0);
        yield return PatchOperation.Set("/unregistrationOperationId", after.UnregistrationOperationId);
        if (after.RetiredDids.Count > before.RetiredDids.Count || before.Lost.Count > 0)
        {
            yield return PatchOperation.Set("/retiredDids", after.RetiredDids);
        }

        if (before.Lost.Count > 0)
        {
            yield return PatchOperation.Set("/keysEntered", after.KeysEntered);
            yield return PatchOperation.Set("/schemaVersion", after.SchemaVersion);
        }
    }
}
