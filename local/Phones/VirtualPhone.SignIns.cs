using BlokSec.Contracts;
using BlokSec.Local.Phones.Push;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Phones;

/// <content>Sign-in requests: shown as the server tells them, answered as the user decides.</content>
internal sealed partial class VirtualPhone
{
    private const string SignInPushType = "sign-in";

    private static readonly PushAlert SignInAlert = new("Sign-in request", "Open BlokSec to answer it.");

    /// <summary>The user answers a request that the phone shows.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="decision">What the user decides.</param>
    /// <param name="number">The number that the application shows, as the user types it; to accept only.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task AnswerSignInAsync(string requestId, SignInDecision decision, string? number, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            if (State.Registration is not { } registration || State.SignIns.FirstOrDefault(shown => shown.RequestId == requestId) is not { } request)
            {
                Say("This sign-in is not waiting any more.", "There is no such sign-in request on the screen.");
                return;
            }

            Change(now => now with { Message = null, LookedAt = time.GetUtcNow() });
            var path = $"mobile/authentication-requests/{requestId}/answer";
            var answer = await CorrectingAsync(
                HttpMethod.Post, path, registration.Signer, () => AnswerTo(request, registration, decision, number), cancellationToken);
            if (answer.IsLost && !State.Offline)
            {
                Note($"The answer to a sign-in decision got lost ({answer.Failure}); telling it once more.");
                answer = await CorrectingAsync(
                    HttpMethod.Post, path, registration.Signer, () => AnswerTo(request, registration, decision, number), cancellationToken);
            }

            await FaceSignInAnswerAsync(request, registration, answer, cancellationToken);
        },
        cancellationToken);

    /// <summary>Tells that something waits, and shows it if the app may run. What the push says is not believed: all is asked for.</summary>
    private async Task TakeSignInPushAsync(PushMessage push, CancellationToken cancellationToken)
    {
        Note("A sign-in push arrived.", PhoneEventKind.PushReceived);
        if (!push.RunsApp || !State.ChecksIn || State.Registration is not { } registration)
        {
            return;
        }

        await AskSignInsAsync(registration, cancellationToken);
        if (push.SystemAlert is null && State.SignIns.Any(shown => shown.RequestId == push.Value("request")))
        {
            Show(SignInAlert, "app", push.CollapseId);
        }
    }

    private AuthenticationAnswer AnswerTo(WaitingRequest request, PhoneRegistration registration, SignInDecision decision, string? number)
    {
        if (decision != SignInDecision.Accept)
        {
            return new AuthenticationAnswer { Decision = decision };
        }

        var byDevice = new SignInAnswer
        {
            Key = registration.DeviceKey,
            KeyId = registration.DeviceId,
            Audience = options.Issuer,
            Signer = registration.Signer,
            Request = request,
            Number = number ?? "",
            IssuedAt = time.GetUtcNow() + State.ClockError + State.ClockOffset,
        };
        var byDid = byDevice with { Key = registration.DidKey, KeyId = registration.DidKey.Did };
        return new AuthenticationAnswer { Decision = decision, Number = number, DeviceSignature = byDevice.Build(), DidSignature = byDid.Build() };
    }

    private async Task FaceSignInAnswerAsync(
        WaitingRequest request, PhoneRegistration registration, ApiAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccess && answer.Read<AuthenticationAnswered>() is { } answered)
        {
            Say(PhoneTexts.ForSignIn(answered), $"The sign-in to {request.ApplicationName} was answered: {answered.Status}.");
            Dismiss(request.RequestId);
        }
        else if (PhoneTexts.ForSignIn(answer) is { } message)
        {
            Say(message, $"The sign-in to {request.ApplicationName} was not answered: {answer}.");
            if (answer.ProblemCode != ProblemCodes.WrongNumber)
            {
                Dismiss(request.RequestId);
            }
        }
        else
        {
            await FaceRefusalAsync(answer, registration, cancellationToken);
        }
    }

    private void Dismiss(string requestId) =>
        Change(now => now with { SignIns = [.. now.SignIns.Where(request => request.RequestId != requestId)] });

    /// <summary>Shows what waits, whether or not a push told of it.</summary>
    private async Task AskSignInsAsync(PhoneRegistration registration, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(HttpMethod.Get, "mobile/authentication-requests", registration.Signer, null, cancellationToken);
        if (!answer.IsSuccess || answer.Read<WaitingRequestList>() is not { } waiting)
        {
            return;
        }

        foreach (var request in waiting.Requests.Where(request => State.SignIns.All(known => known.RequestId != request.RequestId)))
        {
            // Each is fetched by itself, which tells the server that it is shown.
            var fetched = await CallAsync(
                HttpMethod.Get, $"mobile/authentication-requests/{request.RequestId}", registration.Signer, null, cancellationToken);
            if (fetched.IsSuccess && fetched.Read<WaitingRequest>() is { } shown)
            {
                Change($"A sign-in to {shown.ApplicationName} waits for an answer.", now => now with { SignIns = [shown, .. now.SignIns] });
            }
        }

        var ids = waiting.Requests.Select(request => request.RequestId).ToHashSet();
        if (State.SignIns.Any(shown => !ids.Contains(shown.RequestId)))
        {
            Change(now => now with { SignIns = [.. now.SignIns.Where(shown => ids.Contains(shown.RequestId))] });
        }
    }
}
