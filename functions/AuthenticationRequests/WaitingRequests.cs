using BlokSec.Contracts;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>The sign-in requests that wait for a user, as the user's phones see them. Any registered phone may answer.</summary>
internal sealed class WaitingRequests(IdentityStore identities, RemovedDevices removed, ReplayGuard replays, TimeProvider time)
{
    /// <summary>Requests that are shown at most.</summary>
    public const int Most = 20;

    /// <summary>Reads the phone and what it asks for, and refuses phones that are not registered.</summary>
    /// <param name="proof">The proof of the call.</param>
    /// <param name="where">Which requests, as a condition over <c>c</c>.</param>
    /// <param name="parameters">Values of its parameters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(PartitionSnapshot Snapshot, IResult? Refusal)> ReadAsync(
        DeviceProof proof, string where, IEnumerable<(string Name, object Value)> parameters, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryFirstAsync(
            new UserKey(proof.TenantId, proof.UserId),
            $"c.id IN (@device, @revocation) OR (c.type = 'authenticationRequest' AND {where})",
            [
                ("@device", DeviceDocument.IdOf(proof.DeviceId)),
                ("@revocation", RevocationDocument.IdOf(proof.DeviceId)),
                .. parameters,
            ],
            Most + 2,
            cancellationToken);
        if (snapshot.Revocation(proof.DeviceId) is { } revocation)
        {
            return (snapshot, await removed.TellAsync(revocation, proof, isSpent: false, cancellationToken));
        }

        if (snapshot.Device(proof.DeviceId) is not { State: DeviceState.Active })
        {
            return (snapshot, DeviceAnswers.Unknown());
        }

        return (snapshot, replays.TryRemember(proof) ? null : DeviceAnswers.Replayed());
    }

    /// <summary>A request as a phone shows it; null when it was not made for phones.</summary>
    public static WaitingRequest? Shown(AuthenticationRequestDocument request) =>
        request is { AccountId: { } accountId, Challenge: { } challenge, ExpiresAt: { } expiresAt }
            ? new WaitingRequest(
                request.RequestId,
                request.ApplicationId,
                request.ApplicationName.Shown(),
                accountId,
                (request.AccountName ?? "").Shown(),
                request.BindingMessage,
                request.Country,
                request.City,
                request.IpAddress,
                request.UserAgent,
                request.Digits,
                SignInAnswers.ContextOf(challenge, request.ApplicationId, accountId, request.BindingMessage),
                request.IssuedAt,
                expiresAt)
            : null;

    /// <summary>Nobody can answer a request of an account that was removed.</summary>
    public static IResult AccountRemoved() => Problems.Of(ProblemCodes.RequestSuperseded, "The account that signs in was removed.");

    /// <summary>Why nobody can answer a request any more; null while somebody can.</summary>
    public IResult? Ended(AuthenticationRequestDocument request) => request.StatusAt(time.GetUtcNow()) switch
    {
        AuthenticationRequestStatus.Pending => null,
        AuthenticationRequestStatus.Expired => Problems.Of(ProblemCodes.RequestExpired, "The request was not answered in time."),
        AuthenticationRequestStatus.Superseded => Problems.Of(ProblemCodes.RequestSuperseded, "A newer request took the place of this one, or its account was removed."),
        _ => Problems.Of(ProblemCodes.RequestAnswered, "The request was answered before."),
    };
}
