using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.SignIns;
using BlokSec.Local.Demo;
using BlokSec.Local.Phones.Wire;
using BlokSec.Local.Push;
using static BlokSec.Functions.Tests.AuthenticationRequests.AnsweringPhone;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>What applications and phones ask the system for: sign-ins, departures, reports of lost phones.</summary>
internal static class PhoneFlows
{
    private const int Done = 200;
    private const int Unanswered = 503;

    /// <summary>A user unregisters one of two phones on the phone, which is told by a 410 when the answer to an earlier try was lost.</summary>
    public static async Task<Flow> DepartAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync(phones: 2);
        var signer = user.Signer(0);
        return new Flow(user, async () => Status(await test.DepartAsync(signer), ProblemCodes.DeviceRemoved)) { IsDeparture = true };
    }

    /// <summary>A user reports one of two phones as lost, from the other one.</summary>
    public static async Task<Flow> ReportLostAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync(phones: 2);
        var (signer, didKey) = (user.Signer(1), user.DidKey());
        return new Flow(user, async () => Status(await test.ReportLostAsync(signer, didKey, user.DeviceIds[0])));
    }

    /// <summary>An app takes its push handle back.</summary>
    public static async Task<Flow> TakeBackAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync();
        return new Flow(user, async () => Status(await test.CallAsync(HttpMethod.Delete, "mobile/device/push-handle", user.Signer(0), null)))
        {
            IsDoneAtOnce = true,
        };
    }

    /// <summary>An app registers another push handle.</summary>
    public static async Task<Flow> RegisterHandleAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync();
        var handle = PushHandleChanges.NewHandle(user, 0);
        return new Flow(user, async () => Status(await test.PutHandleAsync(user.Signer(0), handle))) { IsDoneAtOnce = true };
    }

    /// <summary>An application asks, and the push goes to an iPhone.</summary>
    public static async Task<Flow> AskAsync(TestCloud test, AdminClient admin) => Asking(test, await NewUserAsync(test));

    /// <summary>The same with an Android phone.</summary>
    public static async Task<Flow> AskAndroidAsync(TestCloud test, AdminClient admin)
    {
        var user = await NewUserAsync(test);
        Assert.Equal(204, (await admin.SetActiveAsync(user.UserId, user.DeviceIds[1], "*")).Status);
        return Asking(test, user);
    }

    /// <summary>The user accepts with the right number.</summary>
    public static Task<Flow> AcceptAsync(TestCloud test, AdminClient admin) => AnsweringAsync(
        test, (user, shown, number) => test.AnswerAsync(user, shown, number));

    /// <summary>The user cancels.</summary>
    public static Task<Flow> CancelAsync(TestCloud test, AdminClient admin) => AnsweringAsync(test, (user, shown, _) => test.CallAsync(
        user.Phones[0], shown.RequestId, new AuthenticationAnswer { Decision = SignInDecision.Cancel }));

    /// <summary>The user says that it was somebody else.</summary>
    public static Task<Flow> NotMeAsync(TestCloud test, AdminClient admin) => AnsweringAsync(test, (user, shown, _) => test.CallAsync(
        user.Phones[0], shown.RequestId, new AuthenticationAnswer { Decision = SignInDecision.NotMe }));

    /// <summary>The user types a wrong number.</summary>
    public static Task<Flow> MistypeAsync(TestCloud test, AdminClient admin) => AnsweringAsync(
        test, (user, shown, number) => test.AnswerAsync(user, shown, Wrong(number, 1)));

    /// <summary>The user types the third wrong number, which ends the request.</summary>
    public static Task<Flow> GuessAsync(TestCloud test, AdminClient admin) => AnsweringAsync(
        test, (user, shown, number) => test.AnswerAsync(user, shown, Wrong(number, 3)), wrongBefore: 2);

    public static IEnumerable<DeliveredPush> Pushes(this TestCloud test, AuthenticationRequestDocument request) =>
        test.Cloud.Apns.Accepted.Concat(test.Cloud.Fcm.Accepted).Where(push => push.Text.Contains(request.RequestId, StringComparison.Ordinal));

    private static async Task<TestUser> NewUserAsync(TestCloud test)
    {
        var user = await test.NewUserAsync(phones: 2);
        await test.ForgetSignInsAsync(user);
        return user;
    }

    private static Flow Asking(TestCloud test, TestUser user)
    {
        var end = new SignInEnd();
        return new Flow(
            user,
            async () =>
            {
                using var application = test.Application();
                using var answer = await application.AskRawAsync(new { login_hint = Hint(user), requested_expiry = AuthenticationRequest.LongestExpiry }, Stop);
                if (answer.IsSuccessStatusCode)
                {
                    end.Told = System.Text.Json.JsonSerializer.Deserialize<AuthenticationRequestAcknowledgement>(
                        await answer.Content.ReadAsStringAsync(Stop), AdminClient.Json)!.Push;
                }

                return (int)answer.StatusCode;
            })
        {
            SignIn = end,
        };
    }

    /// <summary>A flow that begins when the request is on the phone.</summary>
    private static async Task<Flow> AnsweringAsync(
        TestCloud test, Func<TestUser, WaitingRequest, string, Task<ApiAnswer>> answerAsync, int wrongBefore = 0)
    {
        var user = await NewUserAsync(test);
        var asked = await test.AskAsync(user, AuthenticationRequest.LongestExpiry);
        await test.UntilAsync(
            async () => (await test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType))
                .FirstOrDefault(request => request.PushAcceptedAt is not null),
            "the push of the request");
        await test.QuietAsync();
        var shown = await ShownAsync(user.Phones[0]);
        for (var by = 1; by <= wrongBefore; by++)
        {
            Assert.NotNull(AttemptsLeft(await test.AnswerAsync(user, shown, Wrong(asked.Number, by))));
        }

        return new Flow(user, async () => Status(await answerAsync(user, shown, asked.Number), ProblemCodes.WrongNumber)) { SignIn = new SignInEnd() };
    }

    private static int Status(ApiAnswer answer, string? orProblem = null) =>
        orProblem is not null && answer.ProblemCode == orProblem ? Done : answer.Status ?? Unanswered;
}
