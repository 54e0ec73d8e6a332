using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>What makes an acceptance: the number that the application shows, signed by the device and by the user's DID.</summary>
internal sealed class SignInAcceptance(SignInAnswers answers, SignInAssertions assertions, SignInSecrets secrets)
{
    /// <summary>What is wrong with the signatures of an acceptance; null when they hold.</summary>
    public string? Fault(UserDocument user, AuthenticationRequestDocument request, AuthenticationAnswer answer, DeviceProof proof)
    {
        var accepted = Accepted(request, answer, proof);
        return user is not { Did: { } did, DidState: DidState.Active }
            ? ProofFaults.AnswerOfDid
            : answers.DeviceFault(proof.PublicKey, answer.DeviceSignature!, accepted) ?? answers.DidFault(did, answer.DidSignature!, accepted);
    }

    /// <summary>Whether the number is the one that the application shows.</summary>
    public bool IsNumberOf(AuthenticationRequestDocument request, string number) =>
        secrets.Number(request.NumberKeyId, request.TenantId, request.RequestId, request.Digits) is { } expected
        && ConstantTime.Equals(expected, number);

    /// <summary>What the application gets.</summary>
    public string Assert(UserDocument user, AuthenticationRequestDocument request, AuthenticationAnswer answer, DeviceProof proof, DateTimeOffset at)
    {
        using var key = JsonDocument.Parse(proof.PublicKey);
        return assertions.Sign(
            Accepted(request, answer, proof),
            request.AccountName!,
            user.Did!,
            new SignInSignatures(answer.DeviceSignature!, key.RootElement.Clone(), answer.DidSignature!),
            at);
    }

    private static AcceptedSignIn Accepted(AuthenticationRequestDocument request, AuthenticationAnswer answer, DeviceProof proof) => new(
        proof.TenantId,
        proof.UserId,
        proof.DeviceId,
        request.RequestId,
        request.ApplicationId,
        request.AccountId!,
        SignInAnswers.ContextOf(request.Challenge!, request.ApplicationId, request.AccountId!, request.BindingMessage),
        answer.Number!);
}
