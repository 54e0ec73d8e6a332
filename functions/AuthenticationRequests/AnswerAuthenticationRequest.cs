using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Enrollment;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>A phone answers a sign-in request: once, and never twice differently.</summary>
internal sealed class AnswerAuthenticationRequest(
    IdentityStore identities, RemovedDevices removed, EnrollingKeys keys, SignInAcceptance acceptance, SignInGuard guard, WaitingRequests requests, TimeProvider time)
{
    /// <inheritdoc cref="AnswerAuthenticationRequest"/>
    /// <param name="context">The call.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="answer">What the user decided.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(AnswerAuthenticationRequest))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType<AuthenticationAnswered>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold, ProblemCodes.DidRetired, ProblemCodes.WrongNumber,
        ProblemCodes.UserSuspended, ProblemCodes.NotFound,
        ProblemCodes.RequestAnswered, ProblemCodes.RequestSuperseded, ProblemCodes.RequestExpired, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mobile/authentication-requests/{requestId}/answer")] HttpContext context,
        string requestId,
        AuthenticationAnswer answer,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        var result = await identities.UpdateAsync(
            key,
            stop => identities.QueryAsync(key, Concerned(requestId, proof), stop),
            async (snapshot, attempt) => snapshot.Revocation(proof.DeviceId) is { } revocation
                ? await removed.TellAsync(revocation, proof, isSpent: false, cancellationToken)
                : await DecideAsync(snapshot, attempt, requestId, answer, proof, cancellationToken),
            cancellationToken);
        return result.Value ?? Problems.TooManyConflicts();
    }

    private static string[] Concerned(string requestId, DeviceProof proof) =>
    [
        UserDocument.DocumentId,
        SignInGuardDocument.DocumentId,
        DeviceDocument.IdOf(proof.DeviceId),
        RevocationDocument.IdOf(proof.DeviceId),
        ProofDocument.IdOf(proof.DeviceId, proof.Jti),
        AuthenticationRequestDocument.IdOf(requestId),
        AlertDocument.IdOf(AuditActions.SignInNotMe),
        AlertDocument.IdOf(AuditActions.SignInWrongNumber),
    ];

    private async Task<IResult> DecideAsync(
        PartitionSnapshot snapshot,
        UpdateAttempt attempt,
        string requestId,
        AuthenticationAnswer answer,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        if (snapshot.User is not { } user || snapshot.Device(proof.DeviceId) is not { State: DeviceState.Active } device)
        {
            return DeviceAnswers.Unknown();
        }

        if (attempt.IsFirst && snapshot.Has(ProofDocument.IdOf(proof.DeviceId, proof.Jti)))
        {
            return DeviceAnswers.Replayed();
        }

        if (snapshot.AuthenticationRequest(requestId) is not { } request || WaitingRequests.Shown(request) is null)
        {
            return Problems.NotFound("sign-in request");
        }

        if (IsRepeated(request, answer, proof))
        {
            return TypedResults.Ok(new AuthenticationAnswered(request.Status, request.Reason));
        }

        if (requests.Ended(request) is { } ended)
        {
            return ended;
        }

        if (device.SuspendedAt is not null && answer.Decision == SignInDecision.Accept)
        {
            return DeviceAnswers.Suspended();
        }

        if (!attempt.IsFirst && answer.Decision == SignInDecision.Accept && await IsAccountGoneAsync(request, cancellationToken))
        {
            return WaitingRequests.AccountRemoved();
        }

        var answering = new Answering(user, device, request, Guard(snapshot, user), snapshot, attempt.Batch, proof);
        switch (answer.Decision)
        {
            case SignInDecision.Cancel:
                return Deny(answering, DenialReason.Cancelled, SignInGuard.Ended(answering.Guard, requestId, time.GetUtcNow()));
            case SignInDecision.NotMe:
                Alert(answering, AuditActions.SignInNotMe);
                Measures.SecurityEvent("sign-in-not-me");
                return Deny(answering, DenialReason.NotMe, guard.NotMe(answering.Guard, requestId, time.GetUtcNow()));
            default:
                // Whoever signs with a DID that was reset is refused before the number is looked at, and leaves an alert.
                return SignInAnswers.ClaimedDid(answer.DidSignature!) is { } did && did != user.Did && DidKey.TryParse(did, out _)
                    && await keys.RefuseRetiredAsync(user, proof, did, cancellationToken) is { } retired
                        ? retired
                        : Accept(answering, answer);
        }
    }

    /// <summary>An acceptance conflicts when the account is gone: the account was removed after the application had asked.</summary>
    private async Task<bool> IsAccountGoneAsync(AuthenticationRequestDocument request, CancellationToken cancellationToken) =>
        await identities.ReadAsync<AccountDocument>(request.Key, AccountDocument.IdOf(request.AccountId!), cancellationToken) is null;

    private static SignInGuardDocument Guard(PartitionSnapshot snapshot, UserDocument user) => snapshot.SignInGuard
        ?? new SignInGuardDocument { Id = SignInGuardDocument.DocumentId, TenantId = user.TenantId, UserId = user.UserId };

    /// <summary>The same phone gave the same answer before: its first answer got lost on the way.</summary>
    private static bool IsRepeated(AuthenticationRequestDocument request, AuthenticationAnswer answer, DeviceProof proof) =>
        request.AnsweredBy == proof.DeviceId && (request.Status, request.Reason, answer.Decision) is
            (AuthenticationRequestStatus.Accepted, _, SignInDecision.Accept)
            or (AuthenticationRequestStatus.Denied, DenialReason.Cancelled, SignInDecision.Cancel)
            or (AuthenticationRequestStatus.Denied, DenialReason.NotMe, SignInDecision.NotMe)
            or (AuthenticationRequestStatus.Denied, DenialReason.WrongNumber, SignInDecision.Accept);

    private IResult Accept(Answering answering, AuthenticationAnswer answer)
    {
        var (user, _, request, known, _, batch, proof) = answering;
        if (acceptance.Fault(user, request, answer, proof) is { } fault)
        {
            return DeviceAnswers.ProofInvalid(fault);
        }

        if (!acceptance.IsNumberOf(request, answer.Number!))
        {
            return Refuse(answering, answer.Number!);
        }

        var now = time.GetUtcNow();
        var accepted = request with
        {
            Status = AuthenticationRequestStatus.Accepted,
            RespondedAt = now,
            RetrievedAt = request.RetrievedAt ?? now,
            AnsweredBy = proof.DeviceId,
            Assertion = acceptance.Assert(user, request, answer, proof, now),
        };
        Write(answering, accepted, SignInGuard.Accepted(known));
        batch.Patch(answering.Device.Id, DeviceDocument.MaySignIn, PatchOperation.Set("/lastActiveAt", now));

        // Changes nothing: it makes sure that the account is not removed at the same moment.
        batch.Patch(AccountDocument.IdOf(request.AccountId!), AccountDocument.IsThere, PatchOperation.Set("/accountId", request.AccountId));
        return TypedResults.Ok(new AuthenticationAnswered(accepted.Status, null));
    }

    /// <summary>A wrong number: the same one again is the same try, and one too many ends the request.</summary>
    private IResult Refuse(Answering answering, string number)
    {
        var (_, _, request, known, _, _, _) = answering;
        if (request.WrongNumbers.Contains(number))
        {
            return new WrongNumber(guard.AttemptsLeft(known));
        }

        known = SignInGuard.Wrong(known);
        var tried = answering with { Request = request with { WrongNumbers = [.. request.WrongNumbers, number] } };
        if (guard.AttemptsLeft(known) == 0)
        {
            Alert(tried, AuditActions.SignInWrongNumber);
            Measures.SecurityEvent("sign-in-wrong-number");
            return Deny(tried, DenialReason.WrongNumber, SignInGuard.Ended(known, request.RequestId, time.GetUtcNow()));
        }

        Write(tried, tried.Request, known);
        return new WrongNumber(guard.AttemptsLeft(known));
    }

    private IResult Deny(Answering answering, DenialReason reason, SignInGuardDocument known)
    {
        var now = time.GetUtcNow();
        var denied = answering.Request with
        {
            Status = AuthenticationRequestStatus.Denied,
            Reason = reason,
            RespondedAt = now,
            RetrievedAt = answering.Request.RetrievedAt ?? now,
            AnsweredBy = answering.Proof.DeviceId,
        };
        Write(answering, denied, known);
        answering.Batch.Patch(answering.Device.Id, DeviceDocument.IsActive, PatchOperation.Set("/lastActiveAt", now));
        return TypedResults.Ok(new AuthenticationAnswered(denied.Status, reason));
    }

    private static void Write(Answering answering, AuthenticationRequestDocument request, SignInGuardDocument known) =>
        answering.Batch.Replace(request).Write(known).Create(DeviceRegistrations.Used(answering.Proof));

    private void Alert(Answering answering, string action) => answering.Batch.Raise(
        answering.User.Key.Entry(time.GetUtcNow(), AuditActor.Phone(answering.Proof.DeviceId), action, answering.Request.RequestId), answering.Snapshot);

    /// <summary>What an answer is decided on.</summary>
    private sealed record Answering(
        UserDocument User,
        DeviceDocument Device,
        AuthenticationRequestDocument Request,
        SignInGuardDocument Guard,
        PartitionSnapshot Snapshot,
        PartitionBatch Batch,
        DeviceProof Proof);

    private sealed class WrongNumber(int attemptsLeft) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var details = Problems.Details(
                ProblemCodes.WrongNumber, "This is not the number that the application shows. Look again, and cancel if you did not sign in.");
            details.Extensions["attemptsLeft"] = attemptsLeft;
            return TypedResults.Problem(details).ExecuteAsync(httpContext);
        }
    }
}
