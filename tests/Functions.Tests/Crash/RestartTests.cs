using BlokSec.Contracts;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Wire;
using static BlokSec.Functions.Tests.AuthenticationRequests.AnsweringPhone;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>What one process of the app begins, another one ends.</summary>
public sealed class RestartTests(CrashCloud cloud) : IClassFixture<CrashCloud>
{
    private TestCloud Test => cloud.Test;

    [Fact]
    public async Task I13_A_sign_in_outlives_the_process_between_asking_and_answering_and_between_answering_and_polling()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user), RequestedExpiry = AuthenticationRequest.LongestExpiry }, Stop);
        var shown = await ShownAsync(user.Phones[0]);
        await RestartAsync();

        Assert.Equal(2, AttemptsLeft(await AnsweredAsync(() => Test.AnswerAsync(user, shown, Wrong(asked.Number, 1)))));
        await RestartAsync();
        Assert.Equal(1, AttemptsLeft(await AnsweredAsync(() => Test.AnswerAsync(user, shown, Wrong(asked.Number, 2)))));
        Assert.Equal((AuthenticationRequestStatus.Accepted, null), Read(await AnsweredAsync(() => Test.AnswerAsync(user, shown, asked.Number))));
        await RestartAsync();

        var outcome = await Test.UntilAsync(() => PolledAsync(application, asked), "the outcome");
        Assert.Equal(AuthenticationRequestStatus.Accepted, outcome.Status);
        await AssertionCheck.VerifyAsync(Test, outcome.Assertion!, user, Payroll, shown.RequestId);
    }

    [Fact]
    public async Task I13_What_was_denied_before_a_restart_stays_denied_and_holds_further_requests_back()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(user.Phones[0]);
        Read(await Test.CallAsync(user.Phones[0], shown.RequestId, new AuthenticationAnswer { Decision = SignInDecision.NotMe }));
        await RestartAsync();

        var accepted = await AnsweredAsync(() => Test.AnswerAsync(user, shown, asked.Number));
        Assert.Equal((409, ProblemCodes.RequestAnswered), (accepted.Status, accepted.ProblemCode));
        var outcome = await Test.UntilAsync(() => PolledAsync(application, asked), "the outcome");
        Assert.Equal(new AuthenticationOutcome(AuthenticationRequestStatus.Denied, DenialReason.NotMe, Assertion: null), outcome);
        Assert.Equal(ProblemCodes.RequestsHeldBack, (await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop))).Code);
    }

    private async Task RestartAsync()
    {
        await cloud.KillAsync();
        await Test.Cloud.Host.WaitUntilReadyAsync(Stop);
    }

    /// <summary>A phone tries again while nobody answers.</summary>
    private Task<ApiAnswer> AnsweredAsync(Func<Task<ApiAnswer>> callAsync) =>
        Test.UntilAsync(async () => await callAsync() is { IsOutage: false } answer ? answer : null, "an answer");

    private static async Task<AuthenticationOutcome?> PolledAsync(Local.Demo.ApplicationClient application, AuthenticationRequestAcknowledgement asked) =>
        await application.OutcomeAsync(asked.AuthenticationRequestId, Stop);
}
