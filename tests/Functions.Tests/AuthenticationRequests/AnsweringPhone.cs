using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Functions.Tests.AuthenticationRequests;

/// <summary>Answers sign-in requests past the virtual phone, so that a test may forge, repeat and compare.</summary>
internal static class AnsweringPhone
{
    public static string Wrong(string number, int by) =>
        ((int.Parse(number, CultureInfo.InvariantCulture) + by) % 1_000_000).ToString("d6", CultureInfo.InvariantCulture);

    public static int? AttemptsLeft(ApiAnswer answer) =>
        answer.ProblemCode == ProblemCodes.WrongNumber ? answer.Body!.Value.GetProperty("attemptsLeft").GetInt32() : null;

    public static (AuthenticationRequestStatus Status, DenialReason? Reason) Read(ApiAnswer answer)
    {
        var answered = answer.Read<AuthenticationAnswered>() ?? throw new InvalidOperationException(answer.ToString());
        return (answered.Status, answered.Reason);
    }

    public static SignInAnswer Signed(this TestCloud test, PhoneRegistration registration, WaitingRequest shown, string number) => new()
    {
        Key = registration.DeviceKey,
        KeyId = registration.DeviceId,
        Audience = test.Cloud.ApiAddress.AbsoluteUri.TrimEnd('/'),
        Signer = registration.Signer,
        Request = shown,
        Number = number,
        IssuedAt = test.Time.GetUtcNow(),
    };

    public static AuthenticationAnswer Acceptance(this TestCloud test, PhoneRegistration registration, WaitingRequest shown, string number)
    {
        var byDevice = test.Signed(registration, shown, number);
        return new AuthenticationAnswer
        {
            Decision = SignInDecision.Accept,
            Number = number,
            DeviceSignature = byDevice.Build(),
            DidSignature = (byDevice with { Key = registration.DidKey, KeyId = registration.DidKey.Did }).Build(),
        };
    }

    public static Task<ApiAnswer> AnswerAsync(this TestCloud test, TestUser user, WaitingRequest shown, string number, Uri? instance = null) =>
        test.AnswerAsync(user.Phones[0].State.Registration!, shown, number, instance);

    public static Task<ApiAnswer> AnswerAsync(
        this TestCloud test, PhoneRegistration registration, WaitingRequest shown, string number, Uri? instance = null) =>
        test.CallAsync(registration.Signer, shown.RequestId, test.Acceptance(registration, shown, number), instance);

    public static Task<ApiAnswer> CallAsync(this TestCloud test, VirtualPhone phone, string requestId, AuthenticationAnswer answer) =>
        test.CallAsync(phone.State.Registration!.Signer, requestId, answer);

    public static Task<ApiAnswer> CallAsync(
        this TestCloud test, Signer signer, string requestId, AuthenticationAnswer answer, Uri? instance = null) =>
        test.CallAsync(HttpMethod.Post, $"mobile/authentication-requests/{requestId}/answer", signer, answer, instance);

    public static async Task<AuthenticationRequestDocument> RequestOfAsync(this TestCloud test, TestUser user, WaitingRequest shown) =>
        (await test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType)).Single(request => request.RequestId == shown.RequestId);
}
