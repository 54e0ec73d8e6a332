using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Owners;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Enrollment;

/// <summary>
/// The keys of a phone that enrolls: entered in the registry before they are bound. A key that is retired, another's or of another use is
/// refused and leaves an alert with the user it was tried for: somebody holds an old backup, a stolen phone or a copy of keys.
/// </summary>
internal sealed class EnrollingKeys(IdentityStore identities, KeyOwners owners, TimeProvider time)
{
    /// <summary>Enters the keys; null when they may be bound, else the refusal. One round trip when they are new.</summary>
    /// <param name="user">Whom they are to be bound to.</param>
    /// <param name="proof">The proof of the device's key.</param>
    /// <param name="did">The DID, whose key was proved.</param>
    /// <param name="isDidEntered">Whether the DID is known to stand in the registry already.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IResult?> EnterAsync(
        UserDocument user, DeviceProof proof, string did, bool isDidEntered, CancellationToken cancellationToken)
    {
        if (user.RetiredDids.Contains(did))
        {
            return await RetiredAsync(user, proof, did, cancellationToken);
        }

        if (Thumbprint(did) == proof.DeviceId)
        {
            return await InUseAsync(user, proof, did, cancellationToken);
        }

        var deviceKey = owners.EnterAsync(proof.DeviceId, KeyUses.Device, user.Key, user.Epoch, cancellationToken);
        var didKey = isDidEntered
            ? Task.FromResult<KeyOwnership>(new KeyOwnership.New())
            : owners.EnterAsync(Thumbprint(did), KeyUses.Did, user.Key, user.Epoch, cancellationToken);
        await Task.WhenAll(deviceKey, didKey);
        return (await didKey, await deviceKey) switch
        {
            (KeyOwnership.OfCaller entered, _) when IsRetired(entered, user) => await RetiredAsync(user, proof, did, cancellationToken),
            (KeyOwnership.OfOther or KeyOwnership.OfOtherUse, _) => await InUseAsync(user, proof, did, cancellationToken),
            (_, KeyOwnership.OfOther or KeyOwnership.OfOtherUse) => await InUseAsync(user, proof, proof.DeviceId, cancellationToken),
            _ => null,
        };
    }

    /// <summary>The refusal of a DID that is not the user's, for a phone that wants to be restored; null when nobody is known to have it.</summary>
    public async Task<IResult?> RefuseAsync(UserDocument user, DeviceProof proof, string did, CancellationToken cancellationToken) =>
        await FindAsync(user, did, cancellationToken) switch
        {
            KeyOwnership.OfCaller entered when IsRetired(entered, user) => await RetiredAsync(user, proof, did, cancellationToken),
            KeyOwnership.OfOther or KeyOwnership.OfOtherUse => await InUseAsync(user, proof, did, cancellationToken),
            _ => null,
        };

    /// <summary>The refusal of a DID of the user that was reset; null for any other. Nobody else can make it up: it was proved.</summary>
    public async Task<IResult?> RefuseRetiredAsync(UserDocument user, DeviceProof proof, string did, CancellationToken cancellationToken) =>
        await FindAsync(user, did, cancellationToken) is KeyOwnership.OfCaller entered && IsRetired(entered, user)
            ? await RetiredAsync(user, proof, did, cancellationToken)
            : null;

    private async Task<KeyOwnership> FindAsync(UserDocument user, string did, CancellationToken cancellationToken) =>
        user.RetiredDids.Contains(did)
            ? new KeyOwnership.OfCaller(new OwnedKey { Epoch = user.Epoch - 1 })
            : await owners.FindAsync(Thumbprint(did), KeyUses.Did, user.Key, cancellationToken);

    private static bool IsRetired(KeyOwnership.OfCaller entered, UserDocument user) => entered.Key.Epoch < user.Epoch;

    private static string Thumbprint(string did) =>
        DidKey.TryParse(did, out var key) ? key.Thumbprint : throw new ArgumentException("The proof of the DID was not checked.", nameof(did));

    private Task<IResult> RetiredAsync(UserDocument user, DeviceProof proof, string did, CancellationToken cancellationToken) => AlertAsync(
        user,
        proof,
        (AuditActions.RetiredDidUsed, did),
        () => Measures.SecurityEvent("retired-did-used"),
        Problems.Of(
            ProblemCodes.DidRetired,
            "This identity was reset by an administrator and cannot be used again. Ask for a claim QR code."),
        cancellationToken);

    private Task<IResult> InUseAsync(UserDocument user, DeviceProof proof, string key, CancellationToken cancellationToken) => AlertAsync(
        user,
        proof,
        (AuditActions.KeyInUseRefused, key),
        () => Measures.SecurityEvent("key-in-use"),
        Problems.Of(ProblemCodes.KeyInUse, "A key of this phone is registered otherwise. Make new keys and try again."),
        cancellationToken);

    /// <summary>The proof counts once, so that nobody can repeat the alert with it.</summary>
    private async Task<IResult> AlertAsync(
        UserDocument user,
        DeviceProof proof,
        (string Action, string Target) what,
        Action count,
        IResult refusal,
        CancellationToken cancellationToken)
    {
        var alert = user.Key.Entry(time.GetUtcNow(), AuditActor.Phone(proof.DeviceId), what.Action, what.Target);
        if (await identities.TryRaiseAsync(alert, DeviceRegistrations.Used(proof), cancellationToken))
        {
            count();
        }

        // Else the entry is there: of this very call, whose first answer was lost on its way from the database.
        return refusal;
    }
}
